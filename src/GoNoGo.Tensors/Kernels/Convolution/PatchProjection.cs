using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// The patch embedding of a vision transformer: every k x k patch of an image times a matrix, the results as tokens. Products are summed
/// in double: on smooth pictures hundreds of large terms cancel, and the rounding of float32 sums at this one place, before
/// everything else, is the larger part of the error of the whole network. Of the work it is one part in a hundred.
/// Written for 256-bit vectors at every vector width (others are emulated): each element is one sum in the order of the weight's row.
/// Immutable and safe to use from several threads.
/// </summary>
public sealed unsafe class PatchProjection : IDisposable
{
    private const int Lanes = 4;
    private const int TileColumns = 3 * Lanes;
    private const int MaxItemRows = 32;

    private readonly int _outputs;
    private readonly int _depth;
    private readonly int _channels;
    private readonly int _patch;
    private TensorStorage? _storage;

    private PatchProjection(Shape weight)
    {
        (_outputs, _channels, _patch) = (weight[0], weight[1], weight[2]);
        _depth = checked((int)weight.Product(1, 4));
        _storage = MemoryPool.Shared.Rent(2L * _depth * AlignedOutputs);
    }

    private int AlignedOutputs => (_outputs + TileColumns - 1) / TileColumns * TileColumns;

    private double* Packed => _storage is { } storage ? (double*)storage.Pointer : throw new ObjectDisposedException(nameof(PatchProjection));

    /// <summary>Packs a convolution weight <c>[O, C, k, k]</c>.</summary>
    /// <exception cref="ArgumentException">Not four-dimensional with a square kernel.</exception>
    public static PatchProjection Pack(Tensor weight)
    {
        if (weight.Rank != 4 || weight.Shape[2] != weight.Shape[3] || weight.ElementCount == 0)
        {
            throw new ArgumentException($"PatchProjection: weight {weight.Shape}, expected [O, C, k, k].", nameof(weight));
        }

        var projection = new PatchProjection(weight.Shape);
        double* packed = projection.Packed;
        float* source = weight.Pointer;
        for (int column = 0; column < projection.AlignedOutputs; column++)
        {
            double* panel = packed + ((long)(column / TileColumns) * TileColumns * projection._depth) + (column % TileColumns);
            for (int d = 0; d < projection._depth; d++)
            {
                panel[(long)d * TileColumns] = column < projection._outputs ? source[((long)column * projection._depth) + d] : 0;
            }
        }

        return projection;
    }

    /// <summary>tokens[p] = weight . patch p + bias.</summary>
    /// <param name="images"><c>[B, C, H, W]</c>; H and W are multiples of k.</param>
    /// <param name="bias"><c>[O]</c>, or empty.</param>
    /// <param name="tokens">Destination <c>[B, H / k * W / k, O]</c>, patches row by row.</param>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public void Run(Tensor images, Tensor bias, Tensor tokens)
    {
        Shape x = images.Shape;
        bool fits = x.Rank == 4 && x[1] == _channels && x[2] % _patch == 0 && x[3] % _patch == 0;
        if (!fits || tokens.Shape != new Shape(x[0], x[2] / _patch * (x[3] / _patch), _outputs) || (!bias.IsEmpty && bias.Shape != new Shape(_outputs)))
        {
            throw new ArgumentException($"PatchProjection: images {x} with patches of {_patch} and tokens {tokens.Shape} do not fit, expected [B, {_channels}, H, W] and [B, H W / {_patch * _patch}, {_outputs}].");
        }

        int rows = checked(x[0] * tokens.Shape[1]);
        // An even number of items of about equal size, by shape alone.
        int items = (rows + (2 * MaxItemRows) - 1) / (2 * MaxItemRows) * 2;
        int perItem = (rows + items - 1) / items;
        Workers.For((rows + perItem - 1) / perItem, new Body
        {
            Weight = this,
            Images = images.Pointer,
            Bias = bias.IsEmpty ? null : bias.Pointer,
            Tokens = tokens.Pointer,
            Height = x[2],
            Width = x[3],
            Rows = rows,
            PerItem = perItem,
        });
    }

    /// <summary>Gives the memory back; no call may be running.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _storage, null) is { } storage)
        {
            MemoryPool.Shared.Return(storage);
        }
    }

    private struct Body : IParallelBody
    {
        public PatchProjection Weight;
        public float* Images;
        public float* Bias;
        public float* Tokens;
        public int Height;
        public int Width;
        public int Rows;
        public int PerItem;

        public readonly void Invoke(int index)
        {
            int first = index * PerItem;
            int count = Math.Min(PerItem, Rows - first);
            int depth = Weight._depth;
            // Whole tiles of four rows: the last ones repeat nothing that is stored.
            int padded = (count + Lanes - 1) / Lanes * Lanes;
            using Scratch scratch = Scratch.OfDoubles((long)padded * depth);
            new Span<double>(scratch.Doubles + ((long)count * depth), (padded - count) * depth).Clear();
            for (int row = 0; row < count; row++)
            {
                Gather(first + row, scratch.Doubles + ((long)row * depth));
            }

            double* packed = Weight.Packed;
            int outputs = Weight._outputs;
            double* tile = stackalloc double[Lanes * TileColumns];
            for (int column = 0; column < outputs; column += TileColumns)
            {
                int columns = Math.Min(TileColumns, outputs - column);
                for (int row = 0; row < count; row += Lanes)
                {
                    Tile(depth, scratch.Doubles + ((long)row * depth), packed + ((long)column * depth), tile);
                    for (int i = 0; i < Math.Min(Lanes, count - row); i++)
                    {
                        float* target = Tokens + ((long)(first + row + i) * outputs) + column;
                        for (int j = 0; j < columns; j++)
                        {
                            target[j] = (float)(tile[(i * TileColumns) + j] + (Bias == null ? 0f : Bias[column + j]));
                        }
                    }
                }
            }
        }

        /// <summary>A patch in the order of a weight's row: channel, row, column.</summary>
        private readonly void Gather(int row, double* destination)
        {
            int patch = Weight._patch;
            int across = Width / patch;
            int perImage = Height / patch * across;
            (int image, int position) = (row / perImage, row % perImage);
            float* corner = Images + ((long)image * Weight._channels * Height * Width) + ((long)(position / across) * patch * Width) + (position % across * patch);
            for (int channel = 0; channel < Weight._channels; channel++)
            {
                for (int y = 0; y < patch; y++)
                {
                    float* line = corner + (((long)channel * Height) + y) * Width;
                    for (int x = 0; x < patch; x++)
                    {
                        *destination++ = line[x];
                    }
                }
            }
        }

        /// <summary>Four patches times twelve columns of the weight.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Tile(int depth, double* a, double* b, double* tile)
        {
            Vector256<double> s00 = default, s01 = default, s02 = default;
            Vector256<double> s10 = default, s11 = default, s12 = default;
            Vector256<double> s20 = default, s21 = default, s22 = default;
            Vector256<double> s30 = default, s31 = default, s32 = default;
            double* a1 = a + depth;
            double* a2 = a1 + depth;
            double* a3 = a2 + depth;
            for (nint d = 0; d < depth; d++)
            {
                Vector256<double> b0 = Vector256.Load(b);
                Vector256<double> b1 = Vector256.Load(b + Lanes);
                Vector256<double> b2 = Vector256.Load(b + (2 * Lanes));
                b += TileColumns;
                Vector256<double> x = Vector256.Create(a[d]);
                s00 = Vector256.MultiplyAddEstimate(x, b0, s00);
                s01 = Vector256.MultiplyAddEstimate(x, b1, s01);
                s02 = Vector256.MultiplyAddEstimate(x, b2, s02);
                x = Vector256.Create(a1[d]);
                s10 = Vector256.MultiplyAddEstimate(x, b0, s10);
                s11 = Vector256.MultiplyAddEstimate(x, b1, s11);
                s12 = Vector256.MultiplyAddEstimate(x, b2, s12);
                x = Vector256.Create(a2[d]);
                s20 = Vector256.MultiplyAddEstimate(x, b0, s20);
                s21 = Vector256.MultiplyAddEstimate(x, b1, s21);
                s22 = Vector256.MultiplyAddEstimate(x, b2, s22);
                x = Vector256.Create(a3[d]);
                s30 = Vector256.MultiplyAddEstimate(x, b0, s30);
                s31 = Vector256.MultiplyAddEstimate(x, b1, s31);
                s32 = Vector256.MultiplyAddEstimate(x, b2, s32);
            }

            s00.Store(tile);
            s01.Store(tile + 4);
            s02.Store(tile + 8);
            s10.Store(tile + 12);
            s11.Store(tile + 16);
            s12.Store(tile + 20);
            s20.Store(tile + 24);
            s21.Store(tile + 28);
            s22.Store(tile + 32);
            s30.Store(tile + 36);
            s31.Store(tile + 40);
            s32.Store(tile + 44);
        }
    }
}
