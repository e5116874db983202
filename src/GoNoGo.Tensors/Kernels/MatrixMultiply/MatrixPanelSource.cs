using System.Runtime.CompilerServices;

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

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(int lane0, int laneCount, int depth0, int depthCount, int panelWidth, float* destination)
    {
        float* source = Pointer + (lane0 * LaneStride) + (depth0 * DepthStride);
        if (LaneStride == 1)
        {
            for (int d = 0; d < depthCount; d++, source += DepthStride, destination += panelWidth)
            {
                new ReadOnlySpan<float>(source, laneCount).CopyTo(new Span<float>(destination, laneCount));
                for (int lane = laneCount; lane < panelWidth; lane++)
                {
                    destination[lane] = 0f;
                }
            }

            return;
        }

        for (int lane = 0; lane < panelWidth; lane++)
        {
            float* target = destination + lane;
            float* from = source + (lane * LaneStride);
            for (int d = 0; d < depthCount; d++)
            {
                target[(nint)d * panelWidth] = lane < laneCount ? from[d * DepthStride] : 0f;
            }
        }
    }
}
