using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// How the padded planes of a pass lie in scratch memory: <c>[image, channel, phase, line, column]</c>. A grid's positions
/// are numbered through with the planes' pitch, so a tap is one fixed offset for all of them.
/// </summary>
internal readonly unsafe struct PlaneLayout
{
    /// <summary>Floats that a tile may read beyond the last plane.</summary>
    public const int Slack = 256;

    public PlaneLayout(PlaneAxis rows, PlaneAxis columns, int channels)
    {
        Rows = rows;
        Columns = columns;
        Channels = channels;
        int overlap = columns.Overlap;
        Pitch = columns.PlaneExtent - overlap;
        // An odd number of cache lines: planes a multiple of 4096 bytes apart would fall into the same cache sets.
        PlaneStride = checked((((rows.PlaneExtent * Pitch) + overlap + 15) / 16 | 1) * 16);
        ChannelStride = checked(PlaneStride * rows.SourcePhases * columns.SourcePhases);
        ImageStride = checked((long)ChannelStride * channels);
        Positions = ((rows.Grid - 1) * Pitch) + columns.Grid;
    }

    public PlaneAxis Rows { get; }

    public PlaneAxis Columns { get; }

    public int Channels { get; }

    /// <summary>Floats from one line to the next.</summary>
    public int Pitch { get; }

    public int PlaneStride { get; }

    public int ChannelStride { get; }

    public long ImageStride { get; }

    /// <summary>Grid positions, those between the lines included.</summary>
    public int Positions { get; }

    /// <summary>Where a tap of a channel reads, relative to the grid position.</summary>
    public int Offset(int channel, int tapRow, int tapColumn) => checked(
        (channel * ChannelStride)
        + (((Rows.SourcePhase(tapRow) * Columns.SourcePhases) + Columns.SourcePhase(tapColumn)) * PlaneStride)
        + (Rows.Shift(tapRow) * Pitch) + Columns.Shift(tapColumn));

    /// <summary>Copies images into planes.</summary>
    /// <param name="source"><c>[images, Channels, Rows.SourceExtent, Columns.SourceExtent]</c>.</param>
    /// <param name="images">How many.</param>
    /// <param name="planes">images * ImageStride + <see cref="Slack"/> floats.</param>
    public void Fill(float* source, int images, float* planes)
    {
        Unsafe.InitBlockUnaligned(planes + (images * ImageStride), 0, Slack * sizeof(float));
        Workers.For(images * Channels, new FillBody(this, source, planes));
    }

    private readonly struct FillBody(PlaneLayout layout, float* source, float* planes) : IParallelBody
    {
        public void Invoke(int index)
        {
            float* image = source + ((long)index * layout.Rows.SourceExtent * layout.Columns.SourceExtent);
            float* plane = planes + ((long)index * layout.ChannelStride);
            for (int rowPhase = 0; rowPhase < layout.Rows.SourcePhases; rowPhase++)
            {
                for (int columnPhase = 0; columnPhase < layout.Columns.SourcePhases; columnPhase++)
                {
                    FillPlane(image, rowPhase, columnPhase, plane);
                    plane += layout.PlaneStride;
                }
            }
        }

        private void FillPlane(float* image, int rowPhase, int columnPhase, float* plane)
        {
            PlaneAxis rows = layout.Rows;
            PlaneAxis columns = layout.Columns;
            int pitch = layout.Pitch;
            int firstRow = rows.First(rowPhase);
            int endRow = rows.End(rowPhase);
            int first = Math.Min(columns.First(columnPhase), pitch);
            int end = Math.Min(columns.End(columnPhase), pitch);
            new Span<float>(plane, firstRow * pitch).Clear();
            for (int row = firstRow; row < endRow; row++)
            {
                float* line = plane + (row * pitch);
                float* from = image
                    + ((long)((row * rows.SourceStep) + rowPhase + rows.SourceOrigin) * columns.SourceExtent)
                    + (first * columns.SourceStep) + columnPhase + columns.SourceOrigin;
                Clear(line, first);
                Copy(from, columns.SourceStep, end - first, line + first);
                Clear(line + end, pitch - end);
            }

            new Span<float>(plane + (endRow * pitch), layout.PlaneStride - (endRow * pitch)).Clear();
        }

        /// <summary>A loop: the edges are short, and a call for each would take longer.</summary>
        private static void Clear(float* destination, int count)
        {
            for (int i = 0; i < count; i++)
            {
                destination[i] = 0f;
            }
        }

        private static void Copy(float* source, int step, int count, float* destination)
        {
            switch (step)
            {
                case 1:
                    new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(destination, count));
                    break;
                case 2:
                    Interleaving.CopyEvery2nd(source, count, destination);
                    break;
                default:
                    for (int i = 0; i < count; i++)
                    {
                        destination[i] = *source;
                        source += step;
                    }

                    break;
            }
        }
    }
}
