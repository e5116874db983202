namespace GoNoGo.Learning.Graphs;

/// <summary>One step of a graph; it has one result.</summary>
/// <param name="Path">The module path of the reference, for example <c>blocks.3.attn.proj</c>; not always unique.</param>
/// <param name="Operator">What it computes.</param>
/// <param name="Inputs">Indices of the nodes whose results it reads; all smaller than its own.</param>
/// <param name="Shape">The shape of its result.</param>
public sealed record GraphNode(string Path, Operator Operator, IReadOnlyList<int> Inputs, GraphShape Shape);
