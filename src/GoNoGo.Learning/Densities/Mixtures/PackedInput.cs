using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>What a map of <see cref="BlockedMixture"/> is applied to, packed once for the products of all blocks.</summary>
internal readonly struct PackedInput : IDisposable
{
    /// <summary>Packs <c>[N, H]</c>, with rows of zeros up to S.</summary>
    /// <param name="input">The input.</param>
    /// <param name="stride">S.</param>
    /// <param name="learns">Whether the maps' weights want gradients.</param>
    /// <param name="wantsGradient">Whether the input does.</param>
    public PackedInput(Variable input, int stride, bool learns, bool wantsGradient)
    {
        Tape tape = input.Tape;
        Tensor rows = input.Value;
        if (rows.Shape[0] != stride)
        {
            Tensor padded = tape.Scope.Zeros(new Shape(stride, rows.Shape[1]));
            rows.CopyTo(padded.Slice(0, rows.Shape[0]));
            rows = padded;
        }

        Columns = PackedMatrix.Pack(rows, transposeB: true);
        Rows = learns ? PackedMatrix.Pack(rows, transposeB: false) : null;
        Gradient = wantsGradient ? tape.Scope.Zeros(rows.Shape) : default;
    }

    /// <summary>H x S: for outputs with rows innermost.</summary>
    public PackedMatrix Columns { get; }

    /// <summary>S x H: for the gradients of weights; null when not wanted.</summary>
    public PackedMatrix? Rows { get; }

    /// <summary>Adds up the derivative of the loss by the input <c>[S, H]</c>; none when not wanted.</summary>
    public Tensor Gradient { get; }

    /// <summary>Gives the packed memory back.</summary>
    public void Dispose()
    {
        Columns.Dispose();
        Rows?.Dispose();
    }
}
