using GoNoGo.Learning.Graphs.Inference.Passes;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Graphs.Inference;

/// <summary>
/// A graph compiled for frozen inference: only what the outputs need, epilogues fused, batch norms and layer scales inside packed weights,
/// memory planned once. Weights are immutable and shared: any number of threads may call <see cref="Run(Tensor, ReadOnlySpan{Tensor})"/> at
/// the same time and get the same bits as one after the other. A call allocates no managed memory once as many workspaces exist as calls
/// run at the same time. The plan keeps the vector width that it was compiled at.
/// </summary>
public sealed unsafe class InferencePlan : IDisposable
{
    private readonly Graph _graph;
    private readonly int[] _outputs;
    private readonly PlanStep[] _steps;
    private readonly BufferLayout _layout;
    private readonly TensorScope _constants;
    private readonly Stack<PlanWorkspace> _free = new();
    private readonly Lock _lock = new();

    private InferencePlan(Graph graph, IReadOnlyList<string> outputs, PlanStep[] steps, TensorScope constants)
    {
        _graph = graph;
        _outputs = [.. outputs.Select(name => graph.Outputs[name])];
        _steps = steps;
        _constants = constants;
        _layout = BufferLayout.Plan(graph, steps);
        Outputs = outputs;
    }

    /// <summary>The rewritings before compilation, in their order.</summary>
    public static IReadOnlyList<IGraphPass> Passes { get; } = [new RemoveIdentities(), new FusePatchEmbedding(), new FusePoolMixer(), new FuseEpilogues(), new ChannelsLast()];

    /// <summary>The names of the results, in the order of the destinations.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>The shape of the input.</summary>
    public GraphShape InputShape => _graph.InputShape;

    /// <summary>Bytes of workspace that one image takes, beside the input, the outputs and the scratch of single kernels.</summary>
    public long WorkspaceBytesPerImage => _layout.ElementsPerImage * sizeof(float);

    /// <summary>Compiles the part of a graph that the outputs need; weights are read and packed one node after the other.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="outputs">Names of outputs or labels.</param>
    /// <param name="source">Where weights come from; used here only.</param>
    public static InferencePlan Compile(Graph graph, IReadOnlyList<string> outputs, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(source);
        Graph rewritten = Passes.Aggregate(graph.Restrict(outputs), (current, pass) => pass.Apply(current));
        var constants = new TensorScope();
        var steps = new List<PlanStep>();
        try
        {
            var compiler = new StepCompiler(rewritten, source, constants);
            for (int node = 1; node < rewritten.Nodes.Count; node++)
            {
                steps.Add(compiler.Compile(node));
            }

            return new InferencePlan(rewritten, [.. outputs], [.. steps], constants);
        }
        catch
        {
            steps.ForEach(step => step.Dispose());
            constants.Dispose();
            throw;
        }
        finally
        {
            // The unpacked weights have been given back to the pool; let the system have them.
            MemoryPool.Shared.Trim();
        }
    }

    /// <summary>The shape of a result for so many images.</summary>
    public Shape OutputShape(int output, int images) => _graph.Nodes[_outputs[output]].Shape.For(images);

    /// <summary>Computes the outputs.</summary>
    /// <param name="images"><c>[B, C, H, W]</c>.</param>
    /// <param name="outputs">One destination for each output, of the shape of <see cref="OutputShape"/>; no two alike.</param>
    /// <exception cref="ArgumentException">The images have another size, or a destination another shape.</exception>
    public void Run(Tensor images, params ReadOnlySpan<Tensor> outputs)
    {
        Require(images, outputs);
        PlanWorkspace workspace = Rent();
        try
        {
            workspace.Bind(_layout, _graph.Nodes, _outputs, images, outputs);
            foreach (PlanStep step in _steps)
            {
                step.Run(workspace);
            }

            for (int i = 0; i < outputs.Length; i++)
            {
                // Two names of one value, or the input itself.
                if (workspace[_outputs[i]].Pointer != outputs[i].Pointer)
                {
                    workspace[_outputs[i]].CopyTo(outputs[i]);
                }
            }
        }
        finally
        {
            Return(workspace);
        }
    }

    /// <summary>Computes the outputs into memory of a scope.</summary>
    public Tensor[] Run(Tensor images, TensorScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var outputs = new Tensor[_outputs.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = scope.New(OutputShape(i, images.Shape.Rank == 0 ? 1 : images.Shape[0]));
        }

        Run(images, outputs.AsSpan());
        return outputs;
    }

    /// <summary>Gives weights and workspaces back; no call may be running.</summary>
    public void Dispose()
    {
        foreach (PlanStep step in _steps)
        {
            step.Dispose();
        }

        lock (_lock)
        {
            while (_free.Count > 0)
            {
                _free.Pop().Dispose();
            }
        }

        _constants.Dispose();
    }

    private void Require(Tensor images, ReadOnlySpan<Tensor> outputs)
    {
        int count = images.Rank == 0 ? 0 : images.Shape[0];
        if (count < 1 || images.Shape != _graph.InputShape.For(count))
        {
            throw new ArgumentException($"InferencePlan: images {images.Shape}, expected {_graph.InputShape}.", nameof(images));
        }

        if (outputs.Length != _outputs.Length)
        {
            throw new ArgumentException($"InferencePlan: {outputs.Length} destinations, expected {_outputs.Length} ({string.Join(", ", Outputs)}).", nameof(outputs));
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            if (outputs[i].Shape != OutputShape(i, count))
            {
                throw new ArgumentException($"InferencePlan: destination of '{Outputs[i]}' has shape {outputs[i].Shape}, expected {OutputShape(i, count)}.", nameof(outputs));
            }
        }
    }

    private PlanWorkspace Rent()
    {
        lock (_lock)
        {
            return _free.Count > 0 ? _free.Pop() : new PlanWorkspace(_graph.Nodes.Count);
        }
    }

    private void Return(PlanWorkspace workspace)
    {
        workspace.Release();
        lock (_lock)
        {
            _free.Push(workspace);
        }
    }
}
