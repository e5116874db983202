using GoNoGo.Tensors;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Learning.Initializers;

/// <summary>
/// The laws of start values. Fans of a weight <c>[out, in, kernel...]</c>: fan-in = in * kernel elements, fan-out =
/// out * kernel elements. A transposed convolution's weight <c>[in, out/groups, kh, kw]</c> is read in the same way,
/// as the published code's library does.
/// </summary>
public static class Initializers
{
    /// <summary>The same value everywhere.</summary>
    public static Initializer Constant(double constant) => (value, _, _) =>
    {
        for (long done = 0; done < value.ElementCount;)
        {
            int count = (int)Math.Min(value.ElementCount - done, int.MaxValue);
            unsafe
            {
                new Span<float>(value.Pointer + done, count).Fill((float)constant);
            }

            done += count;
        }
    };

    /// <summary>Normal with mean 0.</summary>
    /// <param name="deviation">The standard deviation.</param>
    public static Initializer Normal(double deviation = 1) => (value, seed, stream) =>
        new RandomStream(seed, stream).FillNormal(0, deviation, value);

    /// <summary>Uniform in [-bound, bound).</summary>
    public static Initializer Uniform(double bound) => (value, seed, stream) =>
        new RandomStream(seed, stream).FillUniform(-bound, bound, value);

    /// <summary>Normal with deviation sqrt(2 / (fan-in + fan-out)) (Glorot, Bengio 2010): the weights of the mixture density network.</summary>
    public static Initializer XavierNormal() => (value, seed, stream) =>
        new RandomStream(seed, stream).FillNormal(0, Math.Sqrt(2.0 / (FanIn(value.Shape) + FanOut(value.Shape))), value);

    /// <summary>Normal with deviation sqrt(2 / fan-in) (He et al. 2015, for ReLU): the linear layers of VT-ADL's encoder.</summary>
    public static Initializer HeNormal() => (value, seed, stream) =>
        new RandomStream(seed, stream).FillNormal(0, Math.Sqrt(2.0 / FanIn(value.Shape)), value);

    /// <summary>Normal with deviation sqrt(2 / inputs): He et al. 2015 where the number of inputs that one output sums over is not the shape's fan-in.</summary>
    /// <param name="inputs">That number; at least 1.</param>
    public static Initializer HeNormal(double inputs) => Normal(Math.Sqrt(2.0 / inputs));

    /// <summary>Uniform with bound 1 / sqrt(fan-in): weights of linear and convolution layers that say nothing else.</summary>
    public static Initializer LibraryDefault() => (value, seed, stream) =>
        new RandomStream(seed, stream).FillUniform(-Bound(FanIn(value.Shape)), Bound(FanIn(value.Shape)), value);

    /// <summary>Uniform with bound 1 / sqrt(fan-in) of the weight that the bias belongs to.</summary>
    /// <param name="weightShape">The weight's shape.</param>
    public static Initializer LibraryDefaultBias(Shape weightShape) => Uniform(Bound(FanIn(weightShape)));

    /// <summary>The number of inputs that one output sums over: the product of all dimensions after the first.</summary>
    /// <exception cref="ArgumentException">Fewer than two dimensions.</exception>
    public static long FanIn(Shape shape) => Checked(shape).Product(1, shape.Rank);

    /// <summary>The first dimension times the kernel elements.</summary>
    /// <exception cref="ArgumentException">Fewer than two dimensions.</exception>
    public static long FanOut(Shape shape) => Checked(shape)[0] * shape.Product(2, shape.Rank);

    private static double Bound(long fanIn) => fanIn == 0 ? 0 : 1 / Math.Sqrt(fanIn);

    private static Shape Checked(Shape shape) => shape.Rank >= 2
        ? shape
        : throw new ArgumentException($"Initializer: fans need a weight of two or more dimensions, got {shape}.");
}
