using GoNoGo.Tensors;

namespace GoNoGo.Learning.Checkpoints;

/// <summary>One tensor that an architecture reads.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Shape">The shape it must have.</param>
/// <param name="Levels">The levels that need it.</param>
public sealed record KeyRule(string Name, Shape Shape, IReadOnlyList<string> Levels);
