using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Tensors.Random;

/// <summary>
/// Fills tensors from a stream: element i depends on (seed, stream, i) only, whatever the number of threads. Computed in
/// double and rounded once.
/// </summary>
public static unsafe class RandomFill
{
    /// <summary>Elements per work item; a multiple of four, the words of a generator block.</summary>
    private const int ItemElements = 1 << 14;

    private enum Law
    {
        Uniform,
        Normal,
        Gumbel,
        Exponential,
    }

    /// <summary>Uniform in [low, high) (rounding to float32 can give high itself where the interval is narrow).</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="low">Lower bound.</param>
    /// <param name="high">Upper bound.</param>
    /// <param name="destination">Any shape.</param>
    public static void FillUniform(this RandomStream stream, double low, double high, Tensor destination) =>
        Fill(stream, Law.Uniform, low, high - low, destination);

    /// <summary>Normal with the given mean and standard deviation (Box-Muller; at most 6.7 deviations out).</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="deviation">The standard deviation.</param>
    /// <param name="destination">Any shape.</param>
    public static void FillNormal(this RandomStream stream, double mean, double deviation, Tensor destination) =>
        Fill(stream, Law.Normal, mean, deviation, destination);

    /// <summary>Standard Gumbel: -ln(-ln u).</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="destination">Any shape.</param>
    public static void FillGumbel(this RandomStream stream, Tensor destination) => Fill(stream, Law.Gumbel, 0, 1, destination);

    /// <summary>Exponential with mean 1: -ln u.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="destination">Any shape.</param>
    public static void FillExponential(this RandomStream stream, Tensor destination) => Fill(stream, Law.Exponential, 0, 1, destination);

    private static void Fill(RandomStream stream, Law law, double shift, double scale, Tensor destination)
    {
        long items = (destination.ElementCount + ItemElements - 1) / ItemElements;
        Workers.For(checked((int)items), new Body
        {
            Stream = stream,
            Law = law,
            Shift = shift,
            Scale = scale,
            Destination = destination.Pointer,
            Count = destination.ElementCount,
        });
    }

    private struct Body : IParallelBody
    {
        public RandomStream Stream;
        public Law Law;
        public double Shift;
        public double Scale;
        public float* Destination;
        public long Count;

        public readonly void Invoke(int index)
        {
            long start = (long)index * ItemElements;
            long end = Math.Min(start + ItemElements, Count);
            double* values = stackalloc double[4];
            for (long i = start; i < end; i += 4)
            {
                (uint a, uint b, uint c, uint d) = Stream.Block(i >> 2);
                switch (Law)
                {
                    case Law.Uniform:
                        (values[0], values[1], values[2], values[3]) = (Open(a) - Half, Open(b) - Half, Open(c) - Half, Open(d) - Half);
                        break;
                    case Law.Normal:
                        Normals(a, b, values);
                        Normals(c, d, values + 2);
                        break;
                    case Law.Gumbel:
                        (values[0], values[1], values[2], values[3]) = (Gumbel(a), Gumbel(b), Gumbel(c), Gumbel(d));
                        break;
                    default:
                        (values[0], values[1], values[2], values[3]) = (Exponential(a), Exponential(b), Exponential(c), Exponential(d));
                        break;
                }

                int count = (int)Math.Min(4, end - i);
                for (int j = 0; j < count; j++)
                {
                    Destination[i + j] = (float)(Shift + (Scale * values[j]));
                }
            }
        }

        /// <summary>Half of the distance between two neighbouring values.</summary>
        private const double Half = 0.5 / 4294967296.0;

        /// <summary>Strictly between 0 and 1, so that logarithms are finite.</summary>
        private static double Open(uint bits) => (bits * (1.0 / 4294967296.0)) + Half;

        private static double Exponential(uint bits) => -Math.Log(Open(bits));

        private static double Gumbel(uint bits) => -Math.Log(Exponential(bits));

        private static void Normals(uint first, uint second, double* pair)
        {
            double radius = Math.Sqrt(2 * Exponential(first));
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * Open(second));
            pair[0] = radius * cosine;
            pair[1] = radius * sine;
        }
    }
}
