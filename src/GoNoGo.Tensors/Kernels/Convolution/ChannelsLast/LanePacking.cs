using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>Turns lanes that lie anywhere, each of consecutive depths, into a panel: blocks of 4 lanes by 4 depths in registers.</summary>
internal static unsafe class LanePacking
{
    /// <summary><c>destination[d * panelWidth + i] = lanes[i][d]</c>; the lanes from <paramref name="laneCount"/> on are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float** lanes, int laneCount, int depthCount, int panelWidth, float* destination)
    {
        int lane = 0;
        for (; lane + 4 <= laneCount; lane += 4)
        {
            Four(lanes[lane], lanes[lane + 1], lanes[lane + 2], lanes[lane + 3], depthCount, panelWidth, destination + lane);
        }

        for (; lane + 2 <= laneCount; lane += 2)
        {
            Two(lanes[lane], lanes[lane + 1], depthCount, panelWidth, destination + lane);
        }

        for (; lane < panelWidth; lane++)
        {
            float* target = destination + lane;
            for (int d = 0; d < depthCount; d++, target += panelWidth)
            {
                *target = lane < laneCount ? lanes[lane][d] : 0f;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(float* l0, float* l1, float* l2, float* l3, int depthCount, int panelWidth, float* target)
    {
        int d = 0;
        for (; d + 4 <= depthCount; d += 4, target += 4 * panelWidth)
        {
            Vector128<float> r0 = Vector128.Load(l0 + d);
            Vector128<float> r1 = Vector128.Load(l1 + d);
            Vector128<float> r2 = Vector128.Load(l2 + d);
            Vector128<float> r3 = Vector128.Load(l3 + d);
            Vector128<float> low01 = MatrixPanelSource.InterleaveLow(r0, r1);
            Vector128<float> low23 = MatrixPanelSource.InterleaveLow(r2, r3);
            Vector128<float> high01 = MatrixPanelSource.InterleaveHigh(r0, r1);
            Vector128<float> high23 = MatrixPanelSource.InterleaveHigh(r2, r3);
            Vector128.Store(MatrixPanelSource.LowHalves(low01, low23), target);
            Vector128.Store(MatrixPanelSource.HighHalves(low01, low23), target + panelWidth);
            Vector128.Store(MatrixPanelSource.LowHalves(high01, high23), target + (2 * panelWidth));
            Vector128.Store(MatrixPanelSource.HighHalves(high01, high23), target + (3 * panelWidth));
        }

        for (; d < depthCount; d++, target += panelWidth)
        {
            (target[0], target[1], target[2], target[3]) = (l0[d], l1[d], l2[d], l3[d]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Two(float* l0, float* l1, int depthCount, int panelWidth, float* target)
    {
        int d = 0;
        for (; d + 4 <= depthCount; d += 4, target += 4 * panelWidth)
        {
            Vector128<float> r0 = Vector128.Load(l0 + d);
            Vector128<float> r1 = Vector128.Load(l1 + d);
            Vector128<float> low = MatrixPanelSource.InterleaveLow(r0, r1);
            Vector128<float> high = MatrixPanelSource.InterleaveHigh(r0, r1);
            Vector64.Store(low.GetLower(), target);
            Vector64.Store(low.GetUpper(), target + panelWidth);
            Vector64.Store(high.GetLower(), target + (2 * panelWidth));
            Vector64.Store(high.GetUpper(), target + (3 * panelWidth));
        }

        for (; d < depthCount; d++, target += panelWidth)
        {
            (target[0], target[1]) = (l0[d], l1[d]);
        }
    }
}
