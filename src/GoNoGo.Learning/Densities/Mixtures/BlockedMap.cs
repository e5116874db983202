using GoNoGo.Learning.Autograd;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Reductions;

namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>One of the two wide maps of <see cref="BlockedMixture"/>: a block of its outputs, and what its gradient leads to.</summary>
internal readonly struct BlockedMap
{
    private readonly PackedInput _input;
    private readonly Tensor _weight;
    private readonly Tensor _bias;
    private readonly Tensor _weightGradient;
    private readonly Tensor _biasGradient;
    private readonly bool _addsWeight;
    private readonly bool _addsBias;

    /// <summary>Takes the parameters' gradient buffers where gradients are wanted.</summary>
    public BlockedMap(PackedInput input, Variable weight, Variable bias, bool learns)
    {
        _input = input;
        _weight = weight.Value;
        _bias = bias.Value;
        Tape tape = weight.Tape;
        if (learns && weight.NeedsGradient)
        {
            _weightGradient = tape.Accumulate(weight, out bool overwrite);
            _addsWeight = !overwrite;
        }

        if (learns && bias.NeedsGradient)
        {
            _biasGradient = tape.Accumulate(bias, out bool overwrite);
            _addsBias = !overwrite;
        }
    }

    /// <summary>A block of outputs <c>[block, S]</c>, from row <paramref name="first"/> of the weight on.</summary>
    public void Multiply(int first, Tensor outputs)
    {
        int count = outputs.Shape[0];
        _input.Multiply(_weight.Slice(first, count), _bias.Slice(first, count), outputs);
    }

    /// <summary>Takes the gradient of a block of outputs <c>[block, S]</c> to weight, bias and input.</summary>
    public void PutGradients(int first, Tensor gradient)
    {
        int count = gradient.Shape[0];
        if (!_weightGradient.IsEmpty)
        {
            MatrixMultiply.Run(gradient, transposeA: false, _input.Rows!, _weightGradient.Slice(first, count), new MatrixEpilogue { Accumulate = _addsWeight });
        }

        if (!_biasGradient.IsEmpty)
        {
            SumReduction.Run(gradient, 0b10, 1f, _biasGradient.Slice(first, count), _addsBias);
        }

        if (!_input.Gradient.IsEmpty)
        {
            MatrixMultiply.Run(gradient, transposeA: true, _weight.Slice(first, count), transposeB: false, _input.Gradient, new MatrixEpilogue { Accumulate = true });
        }
    }
}
