using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Normalization;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>Layer normalisation (Ba, Kiros, Hinton 2016) over the innermost dimensions.</summary>
public static class LayerNormOperator
{
    /// <summary>y = (x - mean) / sqrt(variance + eps) * weight + bias over the dimensions that weight has.</summary>
    /// <param name="x">A shape that ends with weight's, for example <c>[B, N, D]</c>.</param>
    /// <param name="weight">Factors, for example <c>[D]</c> or <c>[C, H, W]</c>.</param>
    /// <param name="bias">Offsets in weight's shape, or empty.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <exception cref="ArgumentException">x does not end with weight's shape, or bias has another one.</exception>
    public static Variable LayerNorm(this Variable x, Variable weight, Variable bias = default, float eps = 1e-5f)
    {
        RequireSuffix(x.Shape, weight.Shape, nameof(weight));
        if (!bias.IsEmpty)
        {
            RequireSuffix(x.Shape, bias.Shape, nameof(bias));
        }

        return Apply(x, weight, bias, checked((int)weight.Shape.ElementCount), eps);
    }

    /// <summary>y = (x - mean) / sqrt(variance + eps) over the innermost dimensions, without weight and bias.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="dimensions">How many of the innermost dimensions are normalised over.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <exception cref="ArgumentException">x does not have so many dimensions.</exception>
    public static Variable LayerNorm(this Variable x, int dimensions, float eps = 1e-5f)
    {
        if (dimensions < 1 || dimensions > x.Shape.Rank)
        {
            throw new ArgumentException($"LayerNorm: {dimensions} dimensions of shape {x.Shape} cannot be normalised over.", nameof(dimensions));
        }

        return Apply(x, default, default, checked((int)x.Shape.Product(x.Shape.Rank - dimensions, x.Shape.Rank)), eps);
    }

    private static Variable Apply(Variable x, Variable weight, Variable bias, int width, float eps)
    {
        Tape tape = x.Tape;
        bool tracks = tape.Records && (x.NeedsGradient || weight.NeedsGradient || bias.NeedsGradient);
        Tensor y = tape.New(x.Shape);
        Tensor statistics = tracks ? tape.New(new Shape(checked((int)(x.Shape.ElementCount / width)), LayerNormKernel.StatisticsPerRow)) : default;
        LayerNormKernel.Forward(x.Value, weight.IsEmpty ? default : weight.Value, bias.IsEmpty ? default : bias.Value, width, eps, statistics, y);
        if (!tracks)
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Weight = weight;
        node.Bias = bias;
        node.Statistics = statistics;
        node.Width = width;
        return tape.Emit(y, node);
    }

    private static void RequireSuffix(Shape shape, Shape suffix, string argument)
    {
        bool fits = suffix.Rank >= 1 && suffix.Rank <= shape.Rank;
        for (int fromEnd = 1; fits && fromEnd <= suffix.Rank; fromEnd++)
        {
            fits = shape[-fromEnd] == suffix[-fromEnd];
        }

        if (!fits)
        {
            throw new ArgumentException($"LayerNorm: {argument} has shape {suffix}, expected the innermost dimensions of x {shape}.", argument);
        }
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public Variable Weight { get; set; }

        public Variable Bias { get; set; }

        public Tensor Statistics { get; set; }

        public int Width { get; set; }

        public override void Backward(Tape tape, Tensor gradient) => LayerNormKernel.Backward(
            X.Value, Weight.IsEmpty ? default : Weight.Value, Statistics, gradient, Width,
            tape.Target(X), tape.Target(Weight), tape.Target(Bias));
    }
}
