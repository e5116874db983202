namespace GoNoGo.Tensors.Parallel;

/// <summary>The body of a parallel loop: a struct that carries its arguments, so that starting a loop allocates nothing.</summary>
public interface IParallelBody
{
    /// <summary>Does item <paramref name="index"/>. Items run in any order and at the same time; each writes its own part.</summary>
    void Invoke(int index);
}
