using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>The workspace that all steps of one pass share.</summary>
internal readonly unsafe struct FlowBuffers
{
    private readonly Shape _shape;
    private readonly int _passive;
    private readonly Tensor _logDeterminants;

    /// <summary>Workspace for maps of a shape.</summary>
    public FlowBuffers(FastFlowOptions options, Shape shape, TensorScope scope)
    {
        _shape = shape;
        _passive = options.PassiveChannels;
        int items = (options.PassiveChannels + CouplingArguments.ChannelsPerItem - 1) / CouplingArguments.ChannelsPerItem;
        Passive = BlockedMaps.New(scope, shape.With(1, options.PassiveChannels));
        Hidden = BlockedMaps.New(scope, shape.With(1, options.HiddenChannels));
        Raw = BlockedMaps.New(scope, shape.With(1, 2 * options.ActiveChannels));
        Scale = scope.New(new Shape(options.Channels));
        Partial = scope.New(new Shape(shape[0], items, shape[2], shape[3]));
        _logDeterminants = scope.New(new Shape(2, shape[0], shape[2], shape[3]));
        _logDeterminants.Clear();
    }

    /// <summary>The subnet's input, later the gradient that flows through the subnet into it.</summary>
    public BlockedMaps Passive { get; }

    /// <summary>The subnet's hidden layer where it is not kept, later its gradient.</summary>
    public BlockedMaps Hidden { get; }

    /// <summary>The subnet's output, later its gradient.</summary>
    public BlockedMaps Raw { get; }

    /// <summary>The channels' scales.</summary>
    public Tensor Scale { get; }

    /// <summary>Parts of log-determinants.</summary>
    public Tensor Partial { get; }

    /// <summary>Log-determinants <c>[B, H, W]</c> in double.</summary>
    public double* LogDeterminants => (double*)_logDeterminants.Pointer;

    /// <summary>Passive and active maps.</summary>
    public (Tensor Passive, Tensor Active) NewPair(TensorScope scope) =>
        (scope.New(_shape.With(1, _passive)), scope.New(_shape.With(1, _shape[1] - _passive)));

    /// <summary>Puts passive and active channels into one tensor.</summary>
    public void Assemble(Tensor passive, Tensor active, Tensor whole)
    {
        for (int image = 0; image < _shape[0]; image++)
        {
            Tensor target = whole[image];
            passive[image].CopyTo(target.Slice(0, _passive));
            active[image].CopyTo(target.Slice(_passive, _shape[1] - _passive));
        }
    }

    /// <summary>Takes the passive channels out of one tensor.</summary>
    public void TakePassive(Tensor whole, Tensor passive)
    {
        for (int image = 0; image < _shape[0]; image++)
        {
            whole[image].Slice(0, _passive).CopyTo(passive[image]);
        }
    }

    /// <summary>Sums the positions of each picture.</summary>
    public void SumLogDeterminants(Span<double> sums)
    {
        long pixels = (long)_shape[2] * _shape[3];
        for (int image = 0; image < sums.Length; image++)
        {
            double sum = 0;
            for (long i = 0; i < pixels; i++)
            {
                sum += LogDeterminants[(image * pixels) + i];
            }

            sums[image] = sum;
        }
    }
}
