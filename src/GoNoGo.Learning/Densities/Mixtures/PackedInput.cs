using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>
/// What a map of <see cref="BlockedMixture"/> is applied to. For training it is packed once for the products of all blocks; where only values
/// are wanted it is small and packed by each product, which allocates no managed memory.
/// </summary>
internal readonly struct PackedInput : IDisposable
{
    private readonly Tensor _rows;
    private readonly PackedMatrix? _columns;

    /// <summary>Takes <c>[N, H]</c>, with rows of zeros up to S.</summary>
    /// <param name="input">The input.</param>
    /// <param name="stride">S.</param>
    /// <param name="learns">Whether gradients are wanted at all.</param>
    /// <param name="learnsWeights">Whether those of the maps' weights are.</param>
    public PackedInput(Variable input, int stride, bool learns, bool learnsWeights)
    {
        Tape tape = input.Tape;
        Tensor rows = input.Value;
        if (rows.Shape[0] != stride)
        {
            Tensor padded = tape.Scope.Zeros(new Shape(stride, rows.Shape[1]));
            rows.CopyTo(padded.Slice(0, rows.Shape[0]));
            rows = padded;
        }

        _rows = rows;
        _columns = learns ? PackedMatrix.Pack(rows, transposeB: true) : null;
        Rows = learnsWeights ? PackedMatrix.Pack(rows, transposeB: false) : null;
        Gradient = learns && input.NeedsGradient ? tape.Scope.Zeros(rows.Shape) : default;
    }

    /// <summary>S x H: for the gradients of weights; null when not wanted.</summary>
    public PackedMatrix? Rows { get; }

    /// <summary>Adds up the derivative of the loss by the input <c>[S, H]</c>; none when not wanted.</summary>
    public Tensor Gradient { get; }

    /// <summary>The product of a block of weights <c>[block, H]</c> with the input: outputs <c>[block, S]</c>, rows innermost.</summary>
    public void Multiply(Tensor weight, Tensor bias, Tensor outputs)
    {
        var epilogue = new MatrixEpilogue { RowBias = bias };
        if (_columns is null)
        {
            MatrixMultiply.Run(weight, transposeA: false, _rows, transposeB: true, outputs, epilogue);
        }
        else
        {
            MatrixMultiply.Run(weight, transposeA: false, _columns, outputs, epilogue);
        }
    }

    /// <summary>Gives the packed memory back.</summary>
    public void Dispose()
    {
        _columns?.Dispose();
        Rows?.Dispose();
    }
}
