namespace GoNoGo.Learning.Graphs.Inference.Passes;

/// <summary>One rewriting of a graph that keeps its outputs' values.</summary>
public interface IGraphPass
{
    /// <summary>The rewritten graph.</summary>
    Graph Apply(Graph graph);
}
