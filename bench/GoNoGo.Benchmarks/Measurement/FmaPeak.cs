using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GoNoGo.Benchmarks.Measurement;

/// <summary>The most multiply-adds that one core does: twelve independent chains in registers, no memory.</summary>
internal static class FmaPeak
{
    private static float s_sink;

    /// <summary>Billions of floating-point operations per second of one thread; the best of a few short runs, by the clock that the benchmark uses.</summary>
    public static double Measure(bool cpuTime = false)
    {
        double best = 0;
        for (int run = 0; run < 9; run++)
        {
            const int Steps = 2_000_000;
            double start = Alternating.Seconds(cpuTime);
            double operations = Vector512.IsHardwareAccelerated ? Run512(Steps) : Run256(Steps);
            best = Math.Max(best, operations / (Alternating.Seconds(cpuTime) - start) / 1e9);
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static double Run256(int steps)
    {
        Vector256<float> x = Vector256.Create(0.999f), y = Vector256.Create(1e-3f);
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int step = 0; step < steps; step++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y);
            b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y);
            f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y);
            h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y);
            k = Vector256.FusedMultiplyAdd(k, x, y);
            l = Vector256.FusedMultiplyAdd(l, x, y);
        }

        s_sink = Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        return 12.0 * 8 * 2 * steps;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static double Run512(int steps)
    {
        Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(1e-3f);
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int step = 0; step < steps; step++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y);
            l = Vector512.FusedMultiplyAdd(l, x, y);
        }

        s_sink = Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        return 12.0 * 16 * 2 * steps;
    }
}
