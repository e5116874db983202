using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>Planes to the lanes of a block and back, four channels by four pixels in registers.</summary>
internal static unsafe class BlockTransposition
{
    private const int Lanes = BlockedMaps.Lanes;

    /// <summary><c>block[p * 16 + c] = planes[c * pixels + p]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FromPlanes(float* planes, int count, int pixels, float* block)
    {
        int channel = 0;
        for (; channel + 4 <= count; channel += 4)
        {
            float* from = planes + ((nint)channel * pixels);
            float* to = block + channel;
            int p = 0;
            for (; p + 4 <= pixels; p += 4, from += 4, to += 4 * Lanes)
            {
                Turn(from, pixels, out Vector128<float> t0, out Vector128<float> t1, out Vector128<float> t2, out Vector128<float> t3);
                Vector128.Store(t0, to);
                Vector128.Store(t1, to + Lanes);
                Vector128.Store(t2, to + (2 * Lanes));
                Vector128.Store(t3, to + (3 * Lanes));
            }

            for (; p < pixels; p++, from++, to += Lanes)
            {
                (to[0], to[1], to[2], to[3]) = (from[0], from[pixels], from[2 * pixels], from[3 * pixels]);
            }
        }

        for (; channel < count; channel++)
        {
            float* from = planes + ((nint)channel * pixels);
            for (int p = 0; p < pixels; p++)
            {
                block[(p * Lanes) + channel] = from[p];
            }
        }
    }

    /// <summary><c>planes[c * pixels + p] [+]= block[p * 16 + c]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToPlanes(float* block, int count, int pixels, float* planes, bool accumulate)
    {
        int channel = 0;
        for (; channel + 4 <= count; channel += 4)
        {
            float* from = block + channel;
            float* to = planes + ((nint)channel * pixels);
            int p = 0;
            for (; p + 4 <= pixels; p += 4, from += 4 * Lanes, to += 4)
            {
                Turn(from, Lanes, out Vector128<float> t0, out Vector128<float> t1, out Vector128<float> t2, out Vector128<float> t3);
                if (accumulate)
                {
                    t0 += Vector128.Load(to);
                    t1 += Vector128.Load(to + pixels);
                    t2 += Vector128.Load(to + (2 * pixels));
                    t3 += Vector128.Load(to + (3 * pixels));
                }

                Vector128.Store(t0, to);
                Vector128.Store(t1, to + pixels);
                Vector128.Store(t2, to + (2 * pixels));
                Vector128.Store(t3, to + (3 * pixels));
            }

            for (; p < pixels; p++, from += Lanes, to++)
            {
                for (int c = 0; c < 4; c++)
                {
                    to[c * pixels] = accumulate ? to[c * pixels] + from[c] : from[c];
                }
            }
        }

        for (; channel < count; channel++)
        {
            float* to = planes + ((nint)channel * pixels);
            for (int p = 0; p < pixels; p++)
            {
                float value = block[(p * Lanes) + channel];
                to[p] = accumulate ? to[p] + value : value;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(
        float* rows, nint stride, out Vector128<float> t0, out Vector128<float> t1, out Vector128<float> t2, out Vector128<float> t3)
    {
        Vector128<float> r0 = Vector128.Load(rows);
        Vector128<float> r1 = Vector128.Load(rows + stride);
        Vector128<float> r2 = Vector128.Load(rows + (2 * stride));
        Vector128<float> r3 = Vector128.Load(rows + (3 * stride));
        Vector128<float> low01 = MatrixPanelSource.InterleaveLow(r0, r1);
        Vector128<float> low23 = MatrixPanelSource.InterleaveLow(r2, r3);
        Vector128<float> high01 = MatrixPanelSource.InterleaveHigh(r0, r1);
        Vector128<float> high23 = MatrixPanelSource.InterleaveHigh(r2, r3);
        t0 = MatrixPanelSource.LowHalves(low01, low23);
        t1 = MatrixPanelSource.HighHalves(low01, low23);
        t2 = MatrixPanelSource.LowHalves(high01, high23);
        t3 = MatrixPanelSource.HighHalves(high01, high23);
    }
}
