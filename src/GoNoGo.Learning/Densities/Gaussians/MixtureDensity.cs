using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Learning.Densities.Gaussians;

/// <summary>
/// Log-densities of vectors under a Gaussian mixture, in blocks of vectors: matrix products in float32, squares and sums in double precision. Where every component has
/// a matrix of its own, those that add nothing to a vector's density are left early. A vector's density does not depend on the others.
/// </summary>
public sealed unsafe class MixtureDensity : IDisposable
{
    private const int BlockFloats = 1 << 20;
    private const int ItemRows = 8;

    /// <summary>exp(-746) is 0 in double precision.</summary>
    private const double SmallestExponent = 746;

    private readonly TensorScope _scope = new();
    private readonly double[] _constants;
    private readonly PackedMatrix? _packed;
    private readonly LikelyComponents? _likely;
    private readonly Tensor _centres;
    private readonly Tensor _scales;

    /// <summary>Prepares a mixture.</summary>
    /// <param name="form">What the covariances are.</param>
    /// <param name="constants">K numbers, as <see cref="MixtureParameters.Write"/> makes them.</param>
    /// <param name="means"><c>[K, D]</c>; must live as long as this, like the factors.</param>
    /// <param name="factors">Full: <c>[K, D (D + 1) / 2]</c>; tied: <c>[1, D (D + 1) / 2]</c>; diagonal: <c>[K, D]</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public MixtureDensity(CovarianceForm form, double[] constants, Tensor means, Tensor factors)
    {
        ArgumentNullException.ThrowIfNull(constants);
        if (means.Rank != 2 || means.ElementCount == 0 || constants.Length != means.Shape[0] || factors.Shape != MixtureParameters.FactorShape(form, means.Shape[0], means.Shape[1]))
        {
            throw new ArgumentException($"MixtureDensity: {constants.Length} constants, means {means.Shape}, factors {factors.Shape}: expected K, [K, D] and the factors of {form}.");
        }

        (Count, Width) = (means.Shape[0], means.Shape[1]);
        _constants = constants;
        switch (form)
        {
            case CovarianceForm.Diagonal:
                (_centres, _scales) = (means, factors);
                break;
            case CovarianceForm.Tied:
                _packed = Pack(factors);
                _centres = _scope.New(means.Shape);
                MatrixMultiply.Run(means, transposeA: false, _packed, _centres);
                break;
            default:
                Bias = MakeBias(factors, means);
                _likely = new LikelyComponents(constants, factors, Bias);
                break;
        }
    }

    /// <summary>K: components.</summary>
    public int Count { get; }

    /// <summary>D: numbers of a vector.</summary>
    public int Width { get; }

    /// <summary>-W mean of each component, <c>[K D]</c>; no tensor where the covariances are not full.</summary>
    public Tensor Bias { get; }

    /// <summary>Packed triangles as matrices, one under the other, <c>[G D, D]</c>.</summary>
    /// <param name="factors"><c>[G, D (D + 1) / 2]</c>.</param>
    /// <param name="width">D.</param>
    /// <param name="scope">Owns the result.</param>
    public static Tensor Unpacked(Tensor factors, int width, TensorScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        int groups = factors.Shape[0];
        Tensor square = scope.Zeros(new Shape(checked(groups * width), width));
        for (int k = 0; k < groups; k++)
        {
            ReadOnlySpan<float> triangle = factors[k].Span;
            for (int i = 0, at = 0; i < width; at += ++i)
            {
                triangle.Slice(at, i + 1).CopyTo(square[(k * width) + i].Span);
            }
        }

        return square;
    }

    /// <summary>Bytes that the prepared mixture takes beyond its tensors, while it is used too where every component has a matrix.</summary>
    public static long Bytes(CovarianceForm form, int count, int width) => form switch
    {
        CovarianceForm.Diagonal => 0,
        CovarianceForm.Tied => 2 * sizeof(float) * (long)width * width,
        _ => LikelyComponents.Bytes(count, width),
    };

    /// <summary>Negative log-densities.</summary>
    /// <param name="rows"><c>[n, D]</c>.</param>
    /// <param name="scope">Owns what is needed on the way.</param>
    /// <param name="result">Receives n values.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public void NegativeLog(Tensor rows, TensorScope scope, Tensor result)
    {
        ArgumentNullException.ThrowIfNull(scope);
        if (rows.Rank != 2 || rows.Shape[1] != Width || result.ElementCount != rows.Shape[0])
        {
            throw new ArgumentException($"MixtureDensity: rows {rows.Shape} and {result.ElementCount} results: expected [n, {Width}] and n.");
        }

        Run(rows, scope, result.Pointer, null, null);
    }

    /// <summary>Responsibilities and log-densities, as expectation-maximisation needs them.</summary>
    /// <param name="rows"><c>[n, D]</c>.</param>
    /// <param name="responsibilities">Receives n times K numbers: how much of a vector each component makes.</param>
    /// <param name="logDensities">Receives n numbers.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public void Expect(Tensor rows, Span<double> responsibilities, Span<double> logDensities)
    {
        if (rows.Rank != 2 || rows.Shape[1] != Width || responsibilities.Length != (long)rows.Shape[0] * Count || logDensities.Length != rows.Shape[0])
        {
            throw new ArgumentException($"MixtureDensity: rows {rows.Shape}, {responsibilities.Length} responsibilities, {logDensities.Length} log-densities: expected [n, {Width}], n {Count}, n.");
        }

        using var scope = new TensorScope();
        fixed (double* parts = responsibilities, logs = logDensities)
        {
            Run(rows, scope, null, parts, logs);
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _packed?.Dispose();
        _likely?.Dispose();
        _scope.Dispose();
    }

    private void Run(Tensor rows, TensorScope scope, float* negative, double* responsibilities, double* logs)
    {
        if (_likely is not null)
        {
            _likely.Run(rows, scope, new LikelyBody { Count = Count, Responsibilities = responsibilities, Negative = negative, Logs = logs });
            return;
        }

        int columns = _packed?.Columns ?? 0;
        int blockRows = Math.Min(rows.Shape[0], Math.Clamp(BlockFloats / Math.Max(columns, Width), ItemRows, 256));
        Tensor whitened = _packed is null ? default : scope.New(new Shape(blockRows, columns));
        Tensor joint = scope.New(new Shape(blockRows, 2 * Count));
        fixed (double* constants = _constants)
        {
            for (int first = 0; first < rows.Shape[0]; first += blockRows)
            {
                int count = Math.Min(blockRows, rows.Shape[0] - first);
                Tensor block = rows.Slice(first, count);
                if (_packed is not null)
                {
                    Tensor product = whitened.Slice(0, count);
                    MatrixMultiply.Run(block, transposeA: false, _packed, product);
                    block = product;
                }

                Workers.For((count + ItemRows - 1) / ItemRows, new Body
                {
                    Rows = block.Pointer,
                    RowStride = block.Shape[1],
                    Rest = count,
                    Width = Width,
                    Count = Count,
                    Constants = constants,
                    Centres = _centres.Pointer,
                    Scales = _scales.IsEmpty ? null : _scales.Pointer,
                    Joint = responsibilities is null ? (double*)joint.Pointer : responsibilities + ((long)first * Count),
                    Negative = negative is null ? null : negative + first,
                    Logs = logs is null ? null : logs + first,
                });
            }
        }
    }

    private PackedMatrix Pack(Tensor factors)
    {
        using var scope = new TensorScope();
        return PackedMatrix.Pack(Unpacked(factors, Width, scope), transposeB: true);
    }

    /// <summary>-W mean of each component, <c>[K D]</c>.</summary>
    private Tensor MakeBias(Tensor factors, Tensor means)
    {
        Tensor bias = _scope.New(new Shape(Count * Width));
        for (int k = 0; k < Count; k++)
        {
            float* mean = means.Pointer + ((long)k * Width);
            float* row = factors[k].Pointer;
            for (int i = 0; i < Width; row += ++i)
            {
                double sum = 0;
                for (int j = 0; j <= i; j++)
                {
                    sum += (double)row[j] * mean[j];
                }

                bias.Pointer[((long)k * Width) + i] = (float)-sum;
            }
        }

        return bias;
    }

    /// <summary>The logarithm of the sum of exponentials, which become shares of it where these are wanted.</summary>
    private static double LogSum(double* logs, int count, bool wantsShares)
    {
        double largest = double.NegativeInfinity;
        for (int k = 0; k < count; k++)
        {
            largest = Math.Max(largest, logs[k]);
        }

        double sum = 0;
        for (int k = 0; k < count; k++)
        {
            // Most are far below: no need to compute a zero.
            logs[k] = logs[k] - largest < -SmallestExponent ? 0 : Math.Exp(logs[k] - largest);
            sum += logs[k];
        }

        for (int k = 0; k < count && wantsShares; k++)
        {
            logs[k] /= sum;
        }

        return largest + Math.Log(sum);
    }

    private struct LikelyBody : LikelyComponents.IBody
    {
        public int Count;
        public double* Responsibilities;
        public float* Negative;
        public double* Logs;

        public readonly void Take(int row, double* logs)
        {
            double log = LogSum(logs, Count, Logs is not null);
            if (Negative is not null)
            {
                Negative[row] = (float)-log;
                return;
            }

            Logs[row] = log;
            new ReadOnlySpan<double>(logs, Count).CopyTo(new Span<double>(Responsibilities + ((long)row * Count), Count));
        }
    }

    private struct Body : IParallelBody
    {
        public float* Rows;
        public int RowStride;
        public int Rest;
        public int Width;
        public int Count;
        public double* Constants;
        public float* Centres;
        public float* Scales;
        public double* Joint;
        public float* Negative;
        public double* Logs;

        public readonly void Invoke(int index)
        {
            for (int row = index * ItemRows; row < Math.Min((index + 1) * ItemRows, Rest); row++)
            {
                float* x = Rows + ((long)row * RowStride);
                double* joint = Joint + ((long)row * Count);
                for (int k = 0; k < Count; k++)
                {
                    long at = (long)k * Width;
                    joint[k] = Constants[k] - (0.5 * DoubleRows.SquareSum(x, Centres + at, Scales is null ? null : Scales + at, Width));
                }

                double log = LogSum(joint, Count, Logs is not null);
                if (Negative is not null)
                {
                    Negative[row] = (float)-log;
                }
                else
                {
                    Logs[row] = log;
                }
            }
        }
    }
}
