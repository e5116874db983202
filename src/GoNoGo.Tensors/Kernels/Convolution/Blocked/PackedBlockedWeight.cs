using GoNoGo.Tensors.Memory;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// A weight and bias of <see cref="BlockedConvolution"/>, packed once for a network that no longer trains. Immutable, of any vector width, and safe to
/// use from several threads; results have the bits that the weight itself gives. 3 x 3 taps take 16 numbers, and O is filled up to blocks of 16.
/// </summary>
public readonly unsafe struct PackedBlockedWeight
{
    private readonly Shape _shape;
    private readonly Tensor _packed;
    private readonly Tensor _bias;

    private PackedBlockedWeight(Shape shape, Tensor packed, Tensor bias) => (_shape, _packed, _bias) = (shape, packed, bias);

    /// <summary>The weight's shape, <c>[O, C, k, k]</c>.</summary>
    public Shape Shape => _shape;

    internal BlockedWeights Weights => new(_shape, adjoint: false, _packed.Pointer);

    /// <summary>The bias, filled up with zeros; null: there is none.</summary>
    internal float* Bias => _bias.IsEmpty ? null : _bias.Pointer;

    /// <summary>Packs a weight.</summary>
    /// <param name="weight"><c>[O, C, k, k]</c>, k 1 or 3; not needed afterwards.</param>
    /// <param name="bias"><c>[O]</c>, or empty; not needed afterwards.</param>
    /// <param name="scope">Owns the memory.</param>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public static PackedBlockedWeight Pack(Tensor weight, Tensor bias, TensorScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        BlockedConvolution.Check("PackedBlockedWeight", weight, bias);
        Tensor packed = scope.New(new Shape(checked((int)BlockedWeights.Length(weight.Shape, adjoint: false))));
        Tensor values = default;
        if (!bias.IsEmpty)
        {
            values = scope.New(new Shape(BlockedMaps.BlockCount(weight.Shape[0]) * BlockedMaps.Lanes));
            FillUp(bias, values.Span);
        }

        new BlockedWeights(weight.Shape, adjoint: false, packed.Pointer).Pack(weight.Pointer);
        return new PackedBlockedWeight(weight.Shape, packed, values);
    }

    /// <summary>A bias, and zeros behind it.</summary>
    internal static void FillUp(Tensor bias, Span<float> values)
    {
        values.Clear();
        if (!bias.IsEmpty)
        {
            bias.Span.CopyTo(values);
        }
    }
}
