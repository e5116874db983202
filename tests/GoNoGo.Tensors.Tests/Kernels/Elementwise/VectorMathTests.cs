using System.Globalization;
using GoNoGo.Tensors.Kernels.Elementwise;
using GoNoGo.Tensors.Kernels.Elementwise.Functions;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using GoNoGo.Testing.Reference;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels.Elementwise;

/// <summary>
/// Elementary functions against double precision: errors in units in the last place over the whole range of floats, and
/// every special value at every position of every length from 0 to 256, at the end of guarded memory and in place.
/// </summary>
[Collection("vector width")]
public sealed class VectorMathTests
{
    private static readonly float[] Special =
    [
        0f, -0f, 1f, -1f, float.Epsilon, -float.Epsilon, 1.17549435e-38f, -1e-39f, float.MaxValue, float.MinValue,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, 88.72f, 88.73f, 89f, -87.4f, -103.9f, -104f, -104.1f, 1e-8f, -1e-8f, 20f, 20.00001f, -0.9999999f, 1e30f, 16777216f, 3.92f, -3.92f, 4f, 9.02f, -40f,
    ];

    [Fact]
    public void Exp() => Check(default(ExpFunction), Math.Exp, 2);

    [Fact]
    public void Expm1() => Check(default(Expm1Function), SpecialFunctions.Expm1, 2);

    [Fact]
    public void Log() => Check(default(LogFunction), Math.Log, 2);

    [Fact]
    public void Log1p() => Check(default(Log1pFunction), SpecialFunctions.Log1p, 2);

    [Fact]
    public void Tanh() => Check(default(TanhFunction), SpecialFunctions.Tanh, 3);

    [Fact]
    public void Sigmoid() => Check(default(SigmoidFunction), SpecialFunctions.Sigmoid, 3);

    [Fact]
    public void Erf() => Check(default(ErfFunction), SpecialFunctions.Erf, 2);

    [Fact]
    public void Softplus() => Check(new SoftplusFunction(1f, 20f), x => x > 20 ? x : SpecialFunctions.Softplus(x), 3);

    [Fact]
    public void Softplus_with_beta() => Check(new SoftplusFunction(0.5f, 20f), x => 0.5 * x > 20 ? x : 2 * SpecialFunctions.Softplus(0.5 * x), 3);

    [Fact]
    public void Elu() => Check(default(EluFunction), x => x > 0 ? x : SpecialFunctions.Expm1(x), 2);

    [Fact]
    public void Relu() => Check(default(ReluFunction), x => double.IsNaN(x) ? x : Math.Max(x, 0), 0);

    [Fact]
    public void Square() => Check(default(SquareFunction), x => x * x, 0.5);

    [Fact]
    public void Sqrt() => Check(default(SqrtFunction), Math.Sqrt, 0.5);

    [Fact]
    public void Reciprocal() => Check(default(ReciprocalFunction), x => 1 / x, 0.5);

    [Fact]
    public void Clamp() => Check(new ClampFunction(-0.5f, 3f), x => double.IsNaN(x) ? x : Math.Clamp(x, -0.5, 3), 0);

    [Fact]
    public void Gelu() => CheckAbsolute(default(GeluFunction), SpecialFunctions.Gelu, 2e-7);

    [Fact]
    public void Gelu_derivative() => CheckAbsolute(
        default(GeluSlope), x => (0.5 * (1 + SpecialFunctions.Erf(x / Math.Sqrt(2)))) + (x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI)), 3e-7);

    [Fact]
    public void Gelu_has_its_limits_at_infinity()
    {
        using var scope = new TensorScope();
        ProcessSettings.ForEachWidth(width =>
        {
            Tensor x = scope.From([float.NegativeInfinity, float.PositiveInfinity, float.NaN, -1e30f, 1e30f], new Shape(5));
            Tensor y = scope.New(x.Shape);
            ElementwiseKernel.Run(x, default(GeluFunction), y);
            Assert.Equal([0f, float.PositiveInfinity, float.NaN, 0f, 1e30f], y.ToArray());
        });
    }

    [Fact]
    public void Special_values_at_every_position_and_length()
    {
        Positions(default(ExpFunction));
        Positions(default(Expm1Function));
        Positions(default(LogFunction));
        Positions(default(Log1pFunction));
        Positions(default(TanhFunction));
        Positions(default(SigmoidFunction));
        Positions(default(ErfFunction));
        Positions(new SoftplusFunction(1f, 20f));
        Positions(default(GeluFunction));
        Positions(default(EluFunction));
    }

    /// <summary>Every result must be that of the same value alone, whatever stands beside it and wherever it stands.</summary>
    private static void Positions<TFunction>(TFunction function) where TFunction : struct, IUnaryFunction
    {
        using var scope = new TensorScope();
        ProcessSettings.ForEachWidth(width =>
        {
            var alone = new float[Special.Length];
            for (int i = 0; i < alone.Length; i++)
            {
                Tensor one = scope.From([Special[i]], new Shape(1));
                ElementwiseKernel.Run(one, function, one);
                alone[i] = one.ToScalar();
            }

            for (int length = 0; length <= 256; length++)
            {
                using var x = new GuardedTensor(new Shape(length));
                using var y = new GuardedTensor(new Shape(length));
                for (int i = 0; i < length; i++)
                {
                    x.Tensor.Span[i] = Special[(i + length) % Special.Length];
                }

                ElementwiseKernel.Run(x.Tensor, function, y.Tensor);
                ElementwiseKernel.Run(x.Tensor, function, x.Tensor);
                for (int i = 0; i < length; i++)
                {
                    float expected = alone[(i + length) % Special.Length];
                    if (!expected.Equals(y.Tensor.Span[i]) || !expected.Equals(x.Tensor.Span[i]))
                    {
                        Assert.Fail(string.Create(
                            CultureInfo.InvariantCulture,
                            $"{typeof(TFunction).Name} {width} length {length} at {i}: {expected:R} expected, got {y.Tensor.Span[i]:R}, in place {x.Tensor.Span[i]:R}"));
                    }
                }
            }
        });
    }

    private static void Check<TFunction>(TFunction function, Func<double, double> reference, double limit) where TFunction : struct, IUnaryFunction =>
        Run(function, Sweep(), (x, y) =>
        {
            double expected = reference(x);
            float rounded = (float)expected;
            if (float.IsNaN(rounded) || float.IsInfinity(rounded))
            {
                // At the edge of the range the largest number may stand for infinity.
                bool edge = float.IsInfinity(rounded) && !double.IsInfinity(expected) && Math.Abs(y) >= 3.4028e38f;
                return rounded.Equals(y) || edge ? 0 : double.PositiveInfinity;
            }

            float next = MathF.BitIncrement(MathF.Abs(rounded));
            double unit = float.IsInfinity(next) ? (double)float.MaxValue - MathF.BitDecrement(float.MaxValue) : (double)next - MathF.Abs(rounded);
            return float.IsInfinity(y) && expected > 3.4028e38 ? 0 : Math.Abs(y - expected) / unit;
        }, limit, "units in the last place");

    private static void CheckAbsolute<TFunction>(TFunction function, Func<double, double> reference, double limit) where TFunction : struct, IUnaryFunction =>
        Run(function, [.. Sweep().Where(float.IsFinite)], (x, y) => Math.Abs(y - reference(x)) / Math.Max(1, Math.Abs(x)), limit, "of max(1, |x|)");

    private static void Run<TFunction>(TFunction function, float[] values, Func<double, float, double> error, double limit, string unit)
        where TFunction : struct, IUnaryFunction
    {
        using var scope = new TensorScope();
        ProcessSettings.ForEachWidth(width =>
        {
            Tensor x = scope.From(values, new Shape(values.Length));
            Tensor y = scope.New(x.Shape);
            ElementwiseKernel.Run(x, function, y);
            double worst = -1;
            int at = 0;
            for (int i = 0; i < values.Length; i++)
            {
                double e = error(values[i], y.Span[i]);
                if (!(e <= worst))
                {
                    (worst, at) = (e, i);
                }
            }

            TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture, $"{typeof(TFunction).Name} {width}: {worst:G4} {unit} at {values[at]:R}"));
            Assert.True(worst <= limit, string.Create(
                CultureInfo.InvariantCulture, $"{typeof(TFunction).Name} {width}: {worst:G4} {unit} at {values[at]:R}: got {y.Span[at]:R}"));
        });
    }

    /// <summary>Floats of all signs and exponents, a dense grid over [-110, 110], and the special values.</summary>
    private static float[] Sweep()
    {
        var values = new List<float>(Special);
        for (long bits = 0; bits <= uint.MaxValue; bits += 130_003)
        {
            values.Add(BitConverter.UInt32BitsToSingle((uint)bits));
        }

        for (int i = -30_000; i <= 30_000; i++)
        {
            values.Add(i * 0.00366f);
            values.Add(i * 0.000137f);
        }

        return [.. values];
    }

    /// <summary>The derivative of GELU as a function of x alone.</summary>
    private readonly struct GeluSlope : IUnaryFunction
    {
        public TVector Invoke<TSimd, TVector, TInt>(TVector x)
            where TSimd : struct, Tensors.Simd.ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
            default(GeluGradient).Invoke<TSimd, TVector, TInt>(TSimd.Broadcast(1f), x);
    }
}
