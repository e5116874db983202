namespace GoNoGo.Learning.Checkpoints.Pickle;

/// <summary>What a pickle's references to the world outside of it mean. An implementation only makes inert values.</summary>
internal interface IPickleWorld
{
    /// <summary>The value of a call of a class or function with these arguments.</summary>
    object? Call(PickleGlobal callable, PickleTuple arguments, MemoryBudget budget);

    /// <summary>The value of a persistent reference.</summary>
    object? Persistent(object? id, MemoryBudget budget);
}
