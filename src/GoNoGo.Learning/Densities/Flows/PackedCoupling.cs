using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Convolution;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Learning.Densities.Flows;

/// <summary>A step whose weights do not change any more: the subnet's are packed, the channels' scales computed.</summary>
internal sealed unsafe class PackedCoupling : ICoupling
{
    private readonly FastFlowOptions _options;
    private readonly PackedBlockedWeight _first;
    private readonly PackedBlockedWeight _second;
    private readonly Tensor _scale;
    private readonly Tensor _offset;
    private readonly double _positionLogScale;
    private readonly int[] _places;

    /// <summary>Takes over what a step holds now; the memory belongs to a scope.</summary>
    public PackedCoupling(FastFlowOptions options, CouplingStep step, TensorScope scope)
    {
        _options = options;
        _first = PackedBlockedWeight.Pack(step.FirstWeight.Value, step.FirstBias.Value, scope);
        _second = PackedBlockedWeight.Pack(step.SecondWeight.Value, step.SecondBias.Value, scope);
        _scale = scope.New(new Shape(options.Channels));
        _positionLogScale = step.Scales(_scale.Span);
        _offset = scope.From(step.Offset.Value.Span, new Shape(options.Channels));
        _places = step.Places;
    }

    /// <inheritdoc/>
    public CouplingArguments Prepare(Tensor passive, in BlockedMaps hidden, in FlowBuffers buffers, out double positionLogScale)
    {
        buffers.Passive.CopyFrom(passive);
        BlockedConvolution.Forward(buffers.Passive, _first, relu: true, hidden);
        BlockedConvolution.Forward(hidden, _second, relu: false, buffers.Raw);
        positionLogScale = _positionLogScale;
        return new CouplingArguments(_options, buffers.Raw, _scale.Pointer, _offset.Pointer, _places);
    }
}
