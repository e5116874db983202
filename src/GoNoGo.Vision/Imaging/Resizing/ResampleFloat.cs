using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Vision.Imaging.Resizing;

/// <summary>
/// The antialiased resize in single precision (the weights of <see cref="Resample8"/> without its roundings; torch's
/// <c>interpolate(antialias=True)</c>), for 16-bit and float samples. One target row at a time, the vertical sum first.
/// </summary>
internal static unsafe class ResampleFloat
{
    private const int RowsPerItem = 8;
    private const int Padding = 4;

    /// <summary>Resizes interleaved samples to planes.</summary>
    /// <param name="source">Samples <c>[rows.Source, columns.Source, sourceChannels]</c>.</param>
    /// <param name="sourceChannels">Samples a pixel in memory.</param>
    /// <param name="channels">Samples a pixel that are taken: the first ones.</param>
    /// <param name="columns">The horizontal axis.</param>
    /// <param name="rows">The vertical axis.</param>
    /// <param name="filter">The kernel.</param>
    /// <param name="destination">Receives <c>[channels, rows.Count, columns.Count]</c>, in the units of the samples, not limited to their range.</param>
    public static void Run<TRow>(
        TRow source, int sourceChannels, int channels, ResizeSpan columns, ResizeSpan rows, ResizeFilter filter, Span<float> destination)
        where TRow : struct, ISampleRow
    {
        using ResizeTaps<float> vertical = ResizeTaps<float>.Create(rows, filter, 1, ResizeWeights.Single);
        using ResizeTaps<float> horizontal = ResizeTaps<float>.Create(columns, filter, 1, ResizeWeights.Single);
        fixed (int* firstRow = vertical.First)
        fixed (float* rowWeights = vertical.Weights)
        fixed (int* firstColumn = horizontal.First)
        fixed (float* columnWeights = horizontal.Weights)
        fixed (float* target = destination)
        {
            var body = new Body<TRow>
            {
                Source = source,
                SourceChannels = sourceChannels,
                Channels = channels,
                Columns = columns,
                Rows = rows,
                FirstRow = firstRow,
                RowWeights = rowWeights,
                RowTaps = vertical.Taps,
                FirstColumn = firstColumn,
                ColumnWeights = columnWeights,
                ColumnTaps = horizontal.Taps,
                Destination = target,
                Width = VectorWidths.Current,
            };
            Workers.For((rows.Count + RowsPerItem - 1) / RowsPerItem, body);
        }
    }

    private struct Body<TRow> : IParallelBody where TRow : struct, ISampleRow
    {
        public TRow Source;
        public int SourceChannels;
        public int Channels;
        public ResizeSpan Columns;
        public ResizeSpan Rows;
        public int* FirstRow;
        public float* RowWeights;
        public int RowTaps;
        public int* FirstColumn;
        public float* ColumnWeights;
        public int ColumnTaps;
        public float* Destination;
        public VectorWidth Width;

        public readonly void Invoke(int index)
        {
            int length = Columns.Source * SourceChannels;
            using var scratch = new Scratch(2L * (length + Padding) * sizeof(float));
            Span<float> buffers = MemoryMarshal.Cast<byte, float>(scratch.Span);
            buffers.Clear();
            fixed (float* row = buffers)
            {
                float* sum = row + length + Padding;
                int end = Math.Min((index + 1) * RowsPerItem, Rows.Count);
                for (int y = index * RowsPerItem; y < end; y++)
                {
                    for (int tap = 0; tap < RowTaps; tap++)
                    {
                        Source.Read((long)(FirstRow[y] + tap) * length, length, row);
                        float weight = RowWeights[((long)y * RowTaps) + tap];
                        Accumulate(row, weight, length, clear: tap == 0, sum);
                    }

                    if (Channels == 1)
                    {
                        GrayRow(sum, Destination + ((long)y * Columns.Count));
                    }
                    else
                    {
                        ColorRow(sum, Destination + ((long)y * Columns.Count));
                    }
                }
            }
        }

        private readonly void Accumulate(float* row, float weight, int length, bool clear, float* sum)
        {
            switch (Width)
            {
                case VectorWidth.Bits512:
                    Accumulate<Simd512, Vector512<float>, Vector512<int>>(row, weight, length, clear, sum);
                    break;
                case VectorWidth.Bits256:
                    Accumulate<Simd256, Vector256<float>, Vector256<int>>(row, weight, length, clear, sum);
                    break;
                case VectorWidth.Bits128:
                    Accumulate<Simd128, Vector128<float>, Vector128<int>>(row, weight, length, clear, sum);
                    break;
                default:
                    Accumulate<SimdScalar, float, int>(row, weight, length, clear, sum);
                    break;
            }
        }

        /// <summary>sum += weight * row, or sum = weight * row.</summary>
        private static void Accumulate<TSimd, TVector, TInt>(float* row, float weight, int length, bool clear, float* sum)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            TVector factor = TSimd.Broadcast(weight);
            int i = 0;
            for (; i <= length - TSimd.Count; i += TSimd.Count)
            {
                TVector before = clear ? TSimd.Zero : TSimd.Load(sum + i);
                TSimd.Store(TSimd.MultiplyAdd(TSimd.Load(row + i), factor, before), sum + i);
            }

            for (; i < length; i++)
            {
                sum[i] = (clear ? 0 : sum[i]) + (row[i] * weight);
            }
        }

        private readonly void GrayRow(float* row, float* destination)
        {
            float* weights = ColumnWeights;
            for (int x = 0; x < Columns.Count; x++)
            {
                float* source = row + ((long)FirstColumn[x] * SourceChannels);
                float sum = 0;
                for (int tap = 0; tap < ColumnTaps; tap++)
                {
                    sum += source[(long)tap * SourceChannels] * weights[tap];
                }

                destination[x] = sum;
                weights += ColumnTaps;
            }
        }

        private readonly void ColorRow(float* row, float* destination)
        {
            long plane = (long)Rows.Count * Columns.Count;
            float* weights = ColumnWeights;
            for (int x = 0; x < Columns.Count; x++)
            {
                // Four lanes a load; with three samples a pixel the fourth lane means nothing.
                float* source = row + ((long)FirstColumn[x] * SourceChannels);
                Vector128<float> sum = default;
                for (int tap = 0; tap < ColumnTaps; tap++)
                {
                    sum += Vector128.Load(source) * weights[tap];
                    source += SourceChannels;
                }

                destination[x] = sum[0];
                destination[plane + x] = sum[1];
                destination[(2 * plane) + x] = sum[2];
                weights += ColumnTaps;
            }
        }
    }
}
