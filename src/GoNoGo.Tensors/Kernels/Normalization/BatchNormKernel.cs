using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Reductions;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Normalization;

/// <summary>
/// Batch normalisation (Ioffe, Szegedy 2015) per channel of <c>[B, C, ..]</c>:
/// y = (x - mean) / sqrt(variance + eps) * weight + bias. Statistics are three floats per channel: the mean, what the mean
/// lost in rounding, and 1 / sqrt(variance + eps).
/// </summary>
public static unsafe class BatchNormKernel
{
    /// <summary>Floats of statistics per channel.</summary>
    public const int StatisticsPerChannel = 3;

    /// <summary>
    /// Mean and biased variance of every channel over the batch. When running statistics are given they move towards
    /// the batch's: new = (1 - momentum) old + momentum batch, with the unbiased variance.
    /// </summary>
    /// <param name="x">Source <c>[B, C, ..]</c>.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="momentum">Weight of this batch in the running statistics.</param>
    /// <param name="runningMean">C elements, changed; may be empty.</param>
    /// <param name="runningVariance">C elements, changed; may be empty.</param>
    /// <param name="statistics">Destination of 3 C floats.</param>
    /// <exception cref="ArgumentException">Sizes do not fit, or a channel has a single value.</exception>
    public static void BatchStatistics(Tensor x, float eps, float momentum, Tensor runningMean, Tensor runningVariance, Tensor statistics)
    {
        var planes = new Planes("BatchNorm", x);
        long count = planes.Batch * planes.Size;
        if (count < 2)
        {
            throw new ArgumentException($"BatchNorm: shape {x.Shape} has one value per channel; training needs at least two.", nameof(x));
        }

        Require(planes, nameof(runningMean), runningMean, 1);
        Require(planes, nameof(runningVariance), runningVariance, 1);
        Require(planes, nameof(statistics), statistics, StatisticsPerChannel);
        using Scratch moments = Scratch.OfDoubles(2 * planes.UnitCount);
        VectorLoop.For(planes.ItemCount, new MomentsBody { Planes = planes, X = x.Pointer, Moments = moments.Doubles });
        for (int channel = 0; channel < planes.Channels; channel++)
        {
            (double mean, double variance) = planes.CombineMoments(moments.Doubles, channel);
            Write(statistics, channel, mean, variance, eps);
            if (!runningMean.IsEmpty)
            {
                float* running = runningMean.Pointer + channel;
                *running = (float)(((1.0 - momentum) * *running) + (momentum * mean));
            }

            if (!runningVariance.IsEmpty)
            {
                float* running = runningVariance.Pointer + channel;
                *running = (float)(((1.0 - momentum) * *running) + (momentum * variance * count / (count - 1.0)));
            }
        }
    }

    /// <summary>Statistics for inference, from the running ones.</summary>
    /// <param name="runningMean">C elements.</param>
    /// <param name="runningVariance">C elements.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="statistics">Destination of 3 C floats.</param>
    public static void RunningStatistics(Tensor runningMean, Tensor runningVariance, float eps, Tensor statistics)
    {
        int channels = (int)runningMean.ElementCount;
        ElementwiseKernel.RequireSize("BatchNorm", nameof(runningVariance), channels, runningVariance);
        ElementwiseKernel.RequireSize("BatchNorm", nameof(statistics), (long)channels * StatisticsPerChannel, statistics);
        for (int channel = 0; channel < channels; channel++)
        {
            Write(statistics, channel, runningMean.Pointer[channel], runningVariance.Pointer[channel], eps);
        }
    }

    /// <summary>y = (x - mean) / sqrt(variance + eps) * weight + bias.</summary>
    /// <param name="x">Source <c>[B, C, ..]</c>.</param>
    /// <param name="statistics">3 C floats.</param>
    /// <param name="weight">C elements; empty: 1.</param>
    /// <param name="bias">C elements; empty: 0.</param>
    /// <param name="y">Destination; may be x.</param>
    public static void Forward(Tensor x, Tensor statistics, Tensor weight, Tensor bias, Tensor y)
    {
        var planes = new Planes("BatchNorm", x);
        Require(planes, nameof(statistics), statistics, StatisticsPerChannel);
        Require(planes, nameof(weight), weight, 1);
        Require(planes, nameof(bias), bias, 1);
        ElementwiseKernel.RequireSize("BatchNorm", nameof(y), x.ElementCount, y);
        using Scratch factors = Scratch.OfFloats(4L * planes.Channels);
        float* p = factors.Floats;
        for (int channel = 0; channel < planes.Channels; channel++, p += 4)
        {
            float* s = statistics.Pointer + (channel * StatisticsPerChannel);
            double scale = (double)s[2] * At(weight, channel, 1f);
            p[0] = s[0];
            p[1] = (float)scale;
            p[2] = (float)(At(bias, channel, 0f) - (s[1] * scale));
            p[3] = 0f;
        }

        VectorLoop.For(planes.ItemCount, new ApplyBody { Planes = planes, X = x.Pointer, Factors = factors.Floats, Y = y.Pointer });
    }

    /// <summary>The backward pass: gradients of x, weight and bias, as far as wanted.</summary>
    /// <param name="x">Source of the forward pass.</param>
    /// <param name="statistics">Its statistics.</param>
    /// <param name="weight">Its factors; empty: 1.</param>
    /// <param name="gradY">The gradient of the result.</param>
    /// <param name="batchStatistics">Whether the statistics came from x (training): they carry gradient then.</param>
    /// <param name="gradX">In x's size.</param>
    /// <param name="gradWeight">C elements.</param>
    /// <param name="gradBias">C elements.</param>
    public static void Backward(
        Tensor x, Tensor statistics, Tensor weight, Tensor gradY, bool batchStatistics,
        GradientTarget gradX, GradientTarget gradWeight, GradientTarget gradBias)
    {
        var planes = new Planes("BatchNorm", x);
        Require(planes, nameof(statistics), statistics, StatisticsPerChannel);
        ElementwiseKernel.RequireSize("BatchNorm", nameof(gradY), x.ElementCount, gradY);
        using Scratch sums = Scratch.OfDoubles(2 * planes.UnitCount);
        using Scratch factors = Scratch.OfFloats(4L * planes.Channels);
        VectorLoop.For(planes.ItemCount, new GradientSumsBody
        {
            Planes = planes,
            X = x.Pointer,
            GradY = gradY.Pointer,
            Statistics = statistics.Pointer,
            Sums = sums.Doubles,
        });
        double count = planes.Batch * planes.Size;
        float* p = factors.Floats;
        for (int channel = 0; channel < planes.Channels; channel++, p += 4)
        {
            // With d = x - mean (its high part), the sums of dy and dy d.
            (double sum, double product) = planes.CombineSums(sums.Doubles, channel);
            float* s = statistics.Pointer + (channel * StatisticsPerChannel);
            double inverse = s[2];
            double normalized = (product - (s[1] * sum)) * inverse;
            Put(gradWeight, channel, normalized);
            Put(gradBias, channel, sum);

            // Training: dx = w r (dy - mean(dy) - x^ mean(dy x^)); inference: dx = w r dy.
            double scale = inverse * At(weight, channel, 1f);
            double slope = batchStatistics ? -scale * inverse * normalized / count : 0;
            p[0] = s[0];
            p[1] = (float)slope;
            p[2] = batchStatistics ? (float)((-scale * sum / count) - (slope * s[1])) : 0f;
            p[3] = (float)scale;
        }

        if (gradX.IsWanted)
        {
            VectorLoop.For(planes.ItemCount, new ApplyBody
            {
                Planes = planes,
                X = x.Pointer,
                GradY = gradY.Pointer,
                Factors = factors.Floats,
                Y = gradX.Tensor.Pointer,
                Accumulate = gradX.Accumulate,
            });
        }
    }

    private static void Write(Tensor statistics, int channel, double mean, double variance, float eps)
    {
        float* s = statistics.Pointer + (channel * StatisticsPerChannel);
        s[0] = (float)mean;
        s[1] = (float)(mean - s[0]);
        s[2] = (float)(1 / Math.Sqrt(variance + eps));
    }

    private static float At(Tensor tensor, int channel, float otherwise) => tensor.IsEmpty ? otherwise : tensor.Pointer[channel];

    private static void Put(GradientTarget target, int channel, double value)
    {
        if (target.IsWanted)
        {
            float* destination = target.Tensor.Pointer + channel;
            *destination = (float)(target.Accumulate ? *destination + value : value);
        }
    }

    private static void Require(in Planes planes, string argument, Tensor tensor, int perChannel)
    {
        if (!tensor.IsEmpty)
        {
            ElementwiseKernel.RequireSize("BatchNorm", argument, (long)planes.Channels * perChannel, tensor);
        }
    }

    /// <summary>
    /// The channel planes of a batch cut into units (parts of a plane of at most <see cref="UnitElements"/>) and items of several units.
    /// </summary>
    private readonly struct Planes
    {
        // Small enough that the second look at a unit finds it in the L1 cache.
        private const int UnitElements = 4096;

        private readonly long _unitsPerPlane;
        private readonly long _unitsPerItem;

        public Planes(string operation, Tensor x)
        {
            if (x.Rank < 2)
            {
                throw new ArgumentException($"{operation}: x must be [B, C, ..], got {x.Shape}.", nameof(x));
            }

            Batch = x.Shape[0];
            Channels = x.Shape[1];
            Size = x.Shape.Product(2, x.Rank);
            _unitsPerPlane = (Size + UnitElements - 1) / UnitElements;
            _unitsPerItem = Math.Max(1, VectorLoop.ChunkElements / Math.Clamp(Size, 1, UnitElements));
        }

        public long Batch { get; }

        public int Channels { get; }

        public long Size { get; }

        public long UnitCount => Batch * Channels * _unitsPerPlane;

        public int ItemCount => checked((int)((UnitCount + _unitsPerItem - 1) / _unitsPerItem));

        public (long Start, long End) Units(int item) => (item * _unitsPerItem, Math.Min((item + 1) * _unitsPerItem, UnitCount));

        public void Locate(long unit, out int channel, out long offset, out int length)
        {
            long plane = unit / _unitsPerPlane;
            long start = unit % _unitsPerPlane * UnitElements;
            channel = (int)(plane % Channels);
            offset = (plane * Size) + start;
            length = (int)Math.Min(UnitElements, Size - start);
        }

        /// <summary>Mean and biased variance of a channel from the units' (mean, squared deviations), joined in order (Chan, Golub, LeVeque 1983).</summary>
        public (double Mean, double Variance) CombineMoments(double* moments, int channel)
        {
            double count = 0, mean = 0, squares = 0;
            for (long b = 0; b < Batch; b++)
            {
                long unit = ((b * Channels) + channel) * _unitsPerPlane;
                for (long u = unit; u < unit + _unitsPerPlane; u++)
                {
                    double length = Math.Min(UnitElements, Size - ((u - unit) * UnitElements));
                    double difference = moments[2 * u] - mean;
                    double total = count + length;
                    squares += moments[(2 * u) + 1] + (difference * difference * count * length / total);
                    mean += difference * length / total;
                    count = total;
                }
            }

            return (mean, squares / count);
        }

        /// <summary>The sums of a channel over its units' pairs.</summary>
        public (double First, double Second) CombineSums(double* sums, int channel)
        {
            double first = 0, second = 0;
            for (long b = 0; b < Batch; b++)
            {
                long unit = ((b * Channels) + channel) * _unitsPerPlane;
                for (long u = unit; u < unit + _unitsPerPlane; u++)
                {
                    first += sums[2 * u];
                    second += sums[(2 * u) + 1];
                }
            }

            return (first, second);
        }
    }

    private struct MomentsBody : IVectorBody
    {
        public Planes Planes;
        public float* X;
        public double* Moments;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            (long unit, long end) = Planes.Units(index);
            for (; unit < end; unit++)
            {
                Planes.Locate(unit, out _, out long offset, out int length);
                if (length == 1)
                {
                    Moments[2 * unit] = X[offset];
                    Moments[(2 * unit) + 1] = 0;
                    continue;
                }

                float centre = (float)(BlockedSum<TSimd, TVector, TInt>.Values(X + offset, length) / length);
                BlockedSum<TSimd, TVector, TInt>.Deviations(X + offset, length, centre, out double deviations, out double squares);
                double difference = deviations / length;
                Moments[2 * unit] = centre + difference;
                Moments[(2 * unit) + 1] = Math.Max(0, squares - (length * difference * difference));
            }
        }
    }

    private struct GradientSumsBody : IVectorBody
    {
        public Planes Planes;
        public float* X;
        public float* GradY;
        public float* Statistics;
        public double* Sums;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            (long unit, long end) = Planes.Units(index);
            for (; unit < end; unit++)
            {
                Planes.Locate(unit, out int channel, out long offset, out int length);
                float mean = Statistics[channel * StatisticsPerChannel];
                if (length == 1)
                {
                    Sums[2 * unit] = GradY[offset];
                    Sums[(2 * unit) + 1] = GradY[offset] * ((double)X[offset] - mean);
                    continue;
                }

                BlockedSum<TSimd, TVector, TInt>.Products(GradY + offset, X + offset, length, mean, out Sums[2 * unit], out Sums[(2 * unit) + 1]);
            }
        }
    }

    /// <summary>y = (x - f0) f1 + f2, plus f3 dy where a gradient is given.</summary>
    private struct ApplyBody : IVectorBody
    {
        public Planes Planes;
        public float* X;
        public float* GradY;
        public float* Factors;
        public float* Y;
        public bool Accumulate;

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            (long unit, long end) = Planes.Units(index);
            bool accumulate = Accumulate;
            for (; unit < end; unit++)
            {
                Planes.Locate(unit, out int channel, out long offset, out int length);
                float* factors = Factors + (4 * channel);
                float* x = X + offset;
                float* y = Y + offset;
                float* gradY = GradY == null ? null : GradY + offset;
                TVector mean = TSimd.Broadcast(factors[0]);
                TVector slope = TSimd.Broadcast(factors[1]);
                TVector shift = TSimd.Broadcast(factors[2]);
                TVector scale = TSimd.Broadcast(factors[3]);
                for (int i = 0; i < length; i += TSimd.Count)
                {
                    int rest = length - i;
                    TVector value = TSimd.Subtract(VectorTail<TSimd, TVector, TInt>.Load(x + i, rest), mean);
                    value = TSimd.MultiplyAdd(value, slope, shift);
                    if (gradY != null)
                    {
                        value = TSimd.MultiplyAdd(VectorTail<TSimd, TVector, TInt>.Load(gradY + i, rest), scale, value);
                    }

                    VectorTail<TSimd, TVector, TInt>.Store(value, y + i, rest, accumulate);
                }
            }
        }
    }
}
