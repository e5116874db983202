using System.Numerics;
using System.Runtime.Intrinsics;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Vision.Imaging.Resizing;

/// <summary>
/// Pillow's 8-bit resize, bit for bit: weights in fixed point, a horizontal pass whose results are rounded to bytes, then a
/// vertical one. Integer sums have no order, so every vector width gives the same bytes.
/// </summary>
internal static unsafe class Resample8
{
    private const int Half = 1 << (ResizeTaps<int>.Precision - 1);
    private const int RowsPerItem = 16;

    /// <summary>Resizes.</summary>
    /// <param name="source">Samples <c>[height, width, sourceChannels]</c>.</param>
    /// <param name="sourceChannels">1, 3 or 4 samples a pixel in memory.</param>
    /// <param name="channels">1 or 3 samples a pixel in the result: of four, the last is dropped.</param>
    /// <param name="columns">The horizontal axis.</param>
    /// <param name="rows">The vertical axis.</param>
    /// <param name="filter">The kernel.</param>
    /// <param name="destination">Receives <c>[rows.Count, columns.Count, channels]</c>.</param>
    /// <param name="variant">The kernel variant; null for the process-wide choice. A test runs all of them, in software where the processor lacks one.</param>
    public static void Run(
        ReadOnlySpan<byte> source, int sourceChannels, int channels, ResizeSpan columns, ResizeSpan rows, ResizeFilter filter, Span<byte> destination, VectorWidth? variant = null)
    {
        VectorWidth width = variant ?? VectorWidths.Current;
        using ResizeTaps<int> vertical = ResizeTaps<int>.Create(rows, filter, 1, ResizeWeights.Fixed);
        int firstRow = vertical.First[0];
        int rowCount = vertical.First[rows.Count - 1] + vertical.Taps - firstRow;
        int sourceStride = columns.Source * sourceChannels;
        int stride = columns.Count * channels;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            if (columns.IsIdentity && columns.Count == columns.Source && sourceChannels == channels)
            {
                Vertical(from + ((long)firstRow * sourceStride), firstRow, stride, vertical, rows.Count, width, to);
                return;
            }

            using var middle = new Scratch((long)rowCount * stride);
            fixed (byte* between = middle.Span)
            {
                Horizontal(from + ((long)firstRow * sourceStride), sourceChannels, channels, columns, filter, rowCount, width, between);
                Vertical(between, firstRow, stride, vertical, rows.Count, width, to);
            }
        }
    }

    private static void Horizontal(byte* source, int sourceChannels, int channels, ResizeSpan columns, ResizeFilter filter, int rows, VectorWidth width, byte* destination)
    {
        int lanes = width == VectorWidth.Scalar ? 1 : (int)width / 32;
        if (channels == 1 && lanes > 4)
        {
            // A gray sample sums over the lanes: vectors longer than the kernel would only multiply zeros.
            double reach = Math.Max((double)columns.Source / columns.Target, 1) * (filter == ResizeFilter.Bicubic ? 4 : 2);
            lanes = Math.Min(lanes, Math.Max(4, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Ceiling(reach))));
        }

        int alignment = channels == 1 ? lanes : Math.Max(lanes / 4, 1);
        using ResizeTaps<int> taps = ResizeTaps<int>.Create(columns, filter, alignment, ResizeWeights.Fixed);
        int sourceStride = columns.Source * sourceChannels;

        // Vector loads touch a few bytes behind a pixel: the last row is read from a copy with room behind it.
        using var last = new Scratch(sourceStride + 16);
        new ReadOnlySpan<byte>(source + ((rows - 1L) * sourceStride), sourceStride).CopyTo(last.Span);
        fixed (byte* lastRow = last.Span)
        fixed (int* first = taps.First)
        fixed (int* weights = taps.Weights)
        {
            var body = new HorizontalBody
            {
                Source = source,
                LastRow = lastRow,
                Destination = destination,
                First = first,
                Weights = weights,
                Taps = taps.Taps,
                Lanes = taps.IsAligned ? lanes : 1,
                SourceChannels = sourceChannels,
                Channels = channels,
                SourceStride = sourceStride,
                Count = columns.Count,
                Rows = rows,
            };
            Workers.For((rows + RowsPerItem - 1) / RowsPerItem, body);
        }
    }

    private static void Vertical(byte* source, int firstRow, int stride, ResizeTaps<int> taps, int count, VectorWidth width, byte* destination)
    {
        fixed (int* first = taps.First)
        fixed (int* weights = taps.Weights)
        {
            var body = new VerticalBody
            {
                Source = source,
                Destination = destination,
                First = first,
                Weights = weights,
                Taps = taps.Taps,
                FirstRow = firstRow,
                Stride = stride,
                Count = count,
                Width = width,
            };
            Workers.For((count + RowsPerItem - 1) / RowsPerItem, body);
        }
    }

    private struct HorizontalBody : IParallelBody
    {
        public byte* Source;
        public byte* LastRow;
        public byte* Destination;
        public int* First;
        public int* Weights;
        public int Taps;
        public int Lanes;
        public int SourceChannels;
        public int Channels;
        public int SourceStride;
        public int Count;
        public int Rows;

        public readonly void Invoke(int index)
        {
            int end = Math.Min((index + 1) * RowsPerItem, Rows);
            for (int y = index * RowsPerItem; y < end; y++)
            {
                byte* row = y == Rows - 1 ? LastRow : Source + ((long)y * SourceStride);
                byte* destination = Destination + ((long)y * Count * Channels);
                switch (Lanes, Channels)
                {
                    case (16, 3):
                        Pixels<ByteLanes512, Vector512<int>>(row, destination);
                        break;
                    case (8, 3):
                        Pixels<ByteLanes256, Vector256<int>>(row, destination);
                        break;
                    case (4, 3):
                        Pixels<ByteLanes128, Vector128<int>>(row, destination);
                        break;
                    case (16, 1):
                        Gray<ByteLanes512, Vector512<int>>(row, destination);
                        break;
                    case (8, 1):
                        Gray<ByteLanes256, Vector256<int>>(row, destination);
                        break;
                    case (4, 1):
                        Gray<ByteLanes128, Vector128<int>>(row, destination);
                        break;
                    default:
                        Plain(row, destination);
                        break;
                }
            }
        }

        private readonly void Pixels<TLanes, TInt>(byte* row, byte* destination) where TLanes : struct, IByteLanes<TInt> where TInt : struct
        {
            int group = TLanes.Count / 4;
            int channels = SourceChannels;
            int* weights = Weights;
            for (int x = 0; x < Count; x++)
            {
                byte* source = row + ((long)First[x] * channels);
                TInt sum = TLanes.Broadcast(0);
                if (channels == 3)
                {
                    for (int tap = 0; tap < Taps; tap += group)
                    {
                        sum = TLanes.MultiplyAdd(TLanes.LoadPixels3(source), TLanes.LoadPixelWeights(weights + tap), sum);
                        source += 3 * group;
                    }
                }
                else
                {
                    for (int tap = 0; tap < Taps; tap += group)
                    {
                        sum = TLanes.MultiplyAdd(TLanes.LoadBytes(source), TLanes.LoadPixelWeights(weights + tap), sum);
                        source += 4 * group;
                    }
                }

                uint pixel = ByteLanes128.Narrow(TLanes.SumPixels(sum) + Vector128.Create(Half));
                destination[0] = (byte)pixel;
                destination[1] = (byte)(pixel >> 8);
                destination[2] = (byte)(pixel >> 16);
                destination += 3;
                weights += Taps;
            }
        }

        private readonly void Gray<TLanes, TInt>(byte* row, byte* destination) where TLanes : struct, IByteLanes<TInt> where TInt : struct
        {
            int* weights = Weights;
            for (int x = 0; x < Count; x++)
            {
                byte* source = row + First[x];
                TInt sum = TLanes.Broadcast(0);
                for (int tap = 0; tap < Taps; tap += TLanes.Count)
                {
                    sum = TLanes.MultiplyAdd(TLanes.LoadBytes(source + tap), TLanes.LoadInts(weights + tap), sum);
                }

                destination[x] = Limit(Vector128.Sum(TLanes.SumPixels(sum)) + Half);
                weights += Taps;
            }
        }

        private readonly void Plain(byte* row, byte* destination)
        {
            for (int x = 0; x < Count; x++)
            {
                for (int channel = 0; channel < Channels; channel++)
                {
                    byte* source = row + ((long)First[x] * SourceChannels) + channel;
                    int sum = Half;
                    for (int tap = 0; tap < Taps; tap++)
                    {
                        sum += source[(long)tap * SourceChannels] * Weights[((long)x * Taps) + tap];
                    }

                    destination[(x * Channels) + channel] = Limit(sum);
                }
            }
        }
    }

    private struct VerticalBody : IParallelBody
    {
        public byte* Source;
        public byte* Destination;
        public int* First;
        public int* Weights;
        public int Taps;
        public int FirstRow;
        public int Stride;
        public int Count;
        public VectorWidth Width;

        public readonly void Invoke(int index)
        {
            int end = Math.Min((index + 1) * RowsPerItem, Count);
            for (int y = index * RowsPerItem; y < end; y++)
            {
                byte* source = Source + ((long)(First[y] - FirstRow) * Stride);
                byte* destination = Destination + ((long)y * Stride);
                int* weights = Weights + ((long)y * Taps);
                int done = Width switch
                {
                    VectorWidth.Bits512 => Columns<ByteLanes512, Vector512<int>>(source, weights, destination),
                    VectorWidth.Bits256 => Columns<ByteLanes256, Vector256<int>>(source, weights, destination),
                    VectorWidth.Bits128 => Columns<ByteLanes128, Vector128<int>>(source, weights, destination),
                    _ => 0,
                };
                for (int x = done; x < Stride; x++)
                {
                    int sum = Half;
                    for (int tap = 0; tap < Taps; tap++)
                    {
                        sum += source[((long)tap * Stride) + x] * weights[tap];
                    }

                    destination[x] = Limit(sum);
                }
            }
        }

        private readonly int Columns<TLanes, TInt>(byte* source, int* weights, byte* destination) where TLanes : struct, IByteLanes<TInt> where TInt : struct
        {
            int x = 0;
            for (; x <= Stride - (4 * TLanes.Count); x += 4 * TLanes.Count)
            {
                TInt sum0 = TLanes.Broadcast(Half);
                TInt sum1 = sum0;
                TInt sum2 = sum0;
                TInt sum3 = sum0;
                byte* from = source + x;
                for (int tap = 0; tap < Taps; tap++)
                {
                    TInt weight = TLanes.Broadcast(weights[tap]);
                    sum0 = TLanes.MultiplyAdd(TLanes.LoadBytes(from), weight, sum0);
                    sum1 = TLanes.MultiplyAdd(TLanes.LoadBytes(from + TLanes.Count), weight, sum1);
                    sum2 = TLanes.MultiplyAdd(TLanes.LoadBytes(from + (2 * TLanes.Count)), weight, sum2);
                    sum3 = TLanes.MultiplyAdd(TLanes.LoadBytes(from + (3 * TLanes.Count)), weight, sum3);
                    from += Stride;
                }

                TLanes.StoreBytes(sum0, destination + x);
                TLanes.StoreBytes(sum1, destination + x + TLanes.Count);
                TLanes.StoreBytes(sum2, destination + x + (2 * TLanes.Count));
                TLanes.StoreBytes(sum3, destination + x + (3 * TLanes.Count));
            }

            for (; x <= Stride - TLanes.Count; x += TLanes.Count)
            {
                TInt sum = TLanes.Broadcast(Half);
                for (int tap = 0; tap < Taps; tap++)
                {
                    sum = TLanes.MultiplyAdd(TLanes.LoadBytes(source + ((long)tap * Stride) + x), TLanes.Broadcast(weights[tap]), sum);
                }

                TLanes.StoreBytes(sum, destination + x);
            }

            return x;
        }
    }

    private static byte Limit(int sum) => (byte)Math.Clamp(sum >> ResizeTaps<int>.Precision, 0, 255);
}
