using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Normalization;

namespace GoNoGo.Learning.Autograd.Operators;

/// <summary>Batch normalisation (Ioffe, Szegedy 2015) per channel.</summary>
public static class BatchNorm2dOperator
{
    /// <summary>
    /// y = (x - mean) / sqrt(variance + eps) * weight + bias. In training, mean and biased variance are the batch's, and the
    /// running statistics move: new = (1 - momentum) old + momentum batch, with the unbiased variance. Otherwise the running ones serve.
    /// </summary>
    /// <param name="x"><c>[B, C, H, W]</c> or <c>[B, C]</c>.</param>
    /// <param name="weight"><c>[C]</c>, or empty.</param>
    /// <param name="bias"><c>[C]</c>, or empty.</param>
    /// <param name="runningMean"><c>[C]</c>; changed in training.</param>
    /// <param name="runningVariance"><c>[C]</c>; changed in training.</param>
    /// <param name="training">Whether the batch's own statistics serve.</param>
    /// <param name="momentum">Weight of this batch in the running statistics.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <exception cref="ArgumentException">Sizes do not fit, or training with one value per channel.</exception>
    public static Variable BatchNorm2d(
        this Variable x, Variable weight, Variable bias, Tensor runningMean, Tensor runningVariance,
        bool training, float momentum = 0.1f, float eps = 1e-5f)
    {
        Tape tape = x.Tape;
        if (x.Shape.Rank < 2)
        {
            throw new ArgumentException($"BatchNorm2d: x must be [B, C, H, W] or [B, C], got {x.Shape}.", nameof(x));
        }

        Tensor statistics = tape.New(new Shape(x.Shape[1], BatchNormKernel.StatisticsPerChannel));
        if (training)
        {
            BatchNormKernel.BatchStatistics(x.Value, eps, momentum, runningMean, runningVariance, statistics);
        }
        else
        {
            BatchNormKernel.RunningStatistics(runningMean, runningVariance, eps, statistics);
        }

        Tensor y = tape.New(x.Shape);
        BatchNormKernel.Forward(x.Value, statistics, weight.IsEmpty ? default : weight.Value, bias.IsEmpty ? default : bias.Value, y);
        if (!tape.Records || !(x.NeedsGradient || weight.NeedsGradient || bias.NeedsGradient))
        {
            return tape.Constant(y);
        }

        Node node = tape.Rent<Node>();
        node.X = x;
        node.Weight = weight;
        node.Bias = bias;
        node.Statistics = statistics;
        node.Training = training;
        return tape.Emit(y, node);
    }

    private sealed class Node : TapeNode
    {
        public Variable X { get; set; }

        public Variable Weight { get; set; }

        public Variable Bias { get; set; }

        public Tensor Statistics { get; set; }

        public bool Training { get; set; }

        public override void Backward(Tape tape, Tensor gradient) => BatchNormKernel.Backward(
            X.Value, Statistics, Weight.IsEmpty ? default : Weight.Value, gradient, Training,
            tape.Target(X), tape.Target(Weight), tape.Target(Bias));
    }
}
