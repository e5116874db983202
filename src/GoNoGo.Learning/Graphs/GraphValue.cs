namespace GoNoGo.Learning.Graphs;

/// <summary>The result of a node while a graph is being built.</summary>
/// <param name="Id">The node's index in the graph.</param>
/// <param name="Shape">The value's shape.</param>
public readonly record struct GraphValue(int Id, GraphShape Shape);
