using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GoNoGo.Tensors.Kernels;

/// <summary>A strided matrix as an operand: element (lane, depth) at <c>Pointer[lane * LaneStride + depth * DepthStride]</c>, one of the strides being 1.</summary>
internal readonly unsafe struct MatrixPanelSource(float* pointer, nint laneStride, nint depthStride) : IPanelSource
{
    /// <summary>Element (0, 0).</summary>
    public readonly float* Pointer = pointer;

    /// <summary>Elements from one lane to the next.</summary>
    public readonly nint LaneStride = laneStride;

    /// <summary>Elements from one depth to the next.</summary>
    public readonly nint DepthStride = depthStride;

    // Depths that a transposition asks for ahead of their use.
    private const int PrefetchDepths = 64;

    /// <inheritdoc/>
    public void Pack(int lane0, int laneCount, int depth0, int depthCount, int panelWidth, float* destination) =>
        PackPanels(lane0, laneCount, depth0, depthCount, panelWidth, destination);

    /// <summary>
    /// The same for any number of lanes: panel after panel, each of depthCount * panelWidth floats. Rows of adjacent panels are read
    /// together, so that whole lines and pages are used once.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void PackPanels(int lane0, int laneCount, int depth0, int depthCount, int panelWidth, float* destination)
    {
        float* source = Pointer + (lane0 * LaneStride) + (depth0 * DepthStride);
        nint panelSize = (nint)panelWidth * depthCount;
        int whole = laneCount / panelWidth * panelWidth;
        if (LaneStride == 1)
        {
            CopyRows(source, DepthStride, whole, depthCount, panelWidth, destination);
        }
        else
        {
            for (int lane = 0; lane < whole; lane += panelWidth)
            {
                Transpose(source + (lane * LaneStride), LaneStride, depthCount, panelWidth, destination + (lane / panelWidth * panelSize));
            }
        }

        if (whole < laneCount)
        {
            PackEdge(source + (whole * LaneStride), laneCount - whole, depthCount, panelWidth, destination + (whole / panelWidth * panelSize));
        }
    }

    /// <summary>Whole panels of lanes that lie side by side: each row is cut into pieces of a panel's width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyRows(float* source, nint stride, int lanes, int depthCount, int panelWidth, float* destination)
    {
        nint panelSize = (nint)panelWidth * depthCount;
        nint ahead = 4 * stride;
        for (int d = 0; d < depthCount; d++, source += stride, destination += panelWidth)
        {
            float* target = destination;
            float* end = source + lanes;
            for (float* from = source; from < end; from += panelWidth, target += panelSize)
            {
                if (Sse.IsSupported)
                {
                    // Short pieces of far apart rows: the processor does not see the pattern by itself.
                    Sse.Prefetch0(from + ahead);
                }

                switch (panelWidth)
                {
                    case 16:
                        Vector256.Store(Vector256.Load(from), target);
                        Vector256.Store(Vector256.Load(from + 8), target + 8);
                        break;
                    case 32:
                        Vector256.Store(Vector256.Load(from), target);
                        Vector256.Store(Vector256.Load(from + 8), target + 8);
                        Vector256.Store(Vector256.Load(from + 16), target + 16);
                        Vector256.Store(Vector256.Load(from + 24), target + 24);
                        break;
                    case 12:
                        Vector256.Store(Vector256.Load(from), target);
                        Vector128.Store(Vector128.Load(from + 8), target + 8);
                        break;
                    case 8:
                        Vector256.Store(Vector256.Load(from), target);
                        break;
                    case 6:
                        Vector128.Store(Vector128.Load(from), target);
                        Vector128.Store(Vector128.Load(from + 2), target + 2);
                        break;
                    default:
                        for (int lane = 0; lane < panelWidth; lane++)
                        {
                            target[lane] = from[lane];
                        }

                        break;
                }
            }
        }
    }

    /// <summary>
    /// One whole panel of lanes whose depths lie side by side: blocks of 4 lanes by 4 depths are turned in registers. A cache line of
    /// each lane (16 depths) is used up at once: rows a multiple of 4 KB apart share cache sets.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(float* source, nint stride, int depthCount, int panelWidth, float* destination)
    {
        int depths = depthCount & ~3;
        for (int d0 = 0; d0 < depths; d0 += 16)
        {
            int d1 = Math.Min(d0 + 16, depths);
            int lane = 0;
            for (; lane + 4 <= panelWidth; lane += 4)
            {
                float* from = source + (lane * stride);
                float* target = destination + ((nint)d0 * panelWidth) + lane;
                if (Sse.IsSupported)
                {
                    float* ahead = from + d0 + PrefetchDepths;
                    Sse.Prefetch0(ahead);
                    Sse.Prefetch0(ahead + stride);
                    Sse.Prefetch0(ahead + (2 * stride));
                    Sse.Prefetch0(ahead + (3 * stride));
                }

                for (int d = d0; d < d1; d += 4, target += 4 * panelWidth)
                {
                    Vector128<float> r0 = Vector128.Load(from + d);
                    Vector128<float> r1 = Vector128.Load(from + stride + d);
                    Vector128<float> r2 = Vector128.Load(from + (2 * stride) + d);
                    Vector128<float> r3 = Vector128.Load(from + (3 * stride) + d);
                    Vector128<float> low01 = InterleaveLow(r0, r1);
                    Vector128<float> low23 = InterleaveLow(r2, r3);
                    Vector128<float> high01 = InterleaveHigh(r0, r1);
                    Vector128<float> high23 = InterleaveHigh(r2, r3);
                    Vector128.Store(LowHalves(low01, low23), target);
                    Vector128.Store(HighHalves(low01, low23), target + panelWidth);
                    Vector128.Store(LowHalves(high01, high23), target + (2 * panelWidth));
                    Vector128.Store(HighHalves(high01, high23), target + (3 * panelWidth));
                }
            }

            for (; lane + 2 <= panelWidth; lane += 2)
            {
                float* from = source + (lane * stride);
                float* target = destination + ((nint)d0 * panelWidth) + lane;
                for (int d = d0; d < d1; d += 4, target += 4 * panelWidth)
                {
                    Vector128<float> r0 = Vector128.Load(from + d);
                    Vector128<float> r1 = Vector128.Load(from + stride + d);
                    Vector128<float> low = InterleaveLow(r0, r1);
                    Vector128<float> high = InterleaveHigh(r0, r1);
                    Vector64.Store(low.GetLower(), target);
                    Vector64.Store(low.GetUpper(), target + panelWidth);
                    Vector64.Store(high.GetLower(), target + (2 * panelWidth));
                    Vector64.Store(high.GetUpper(), target + (3 * panelWidth));
                }
            }

            if (lane < panelWidth)
            {
                for (int d = d0; d < d1; d++)
                {
                    destination[((nint)d * panelWidth) + lane] = source[(lane * stride) + d];
                }
            }
        }

        for (int d = depths; d < depthCount; d++)
        {
            for (int lane = 0; lane < panelWidth; lane++)
            {
                destination[((nint)d * panelWidth) + lane] = source[(lane * stride) + d];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> InterleaveLow(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b)
        : System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.IsSupported ? System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> InterleaveHigh(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b)
        : System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.IsSupported ? System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> LowHalves(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.MoveLowToHigh(a, b) : Vector128.Create(a.GetLower(), b.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> HighHalves(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.MoveHighToLow(b, a) : Vector128.Create(a.GetUpper(), b.GetUpper());

    /// <summary>The last panel: the lanes that exist, then zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackEdge(float* source, int laneCount, int depthCount, int panelWidth, float* destination)
    {
        for (int d = 0; d < depthCount; d++, source += DepthStride, destination += panelWidth)
        {
            int lane = 0;
            for (; lane < laneCount; lane++)
            {
                destination[lane] = source[lane * LaneStride];
            }

            for (; lane < panelWidth; lane++)
            {
                destination[lane] = 0f;
            }
        }
    }
}
