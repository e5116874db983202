using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// A 3 x 3 convolution of stride 1 by Winograd's minimal filtering F(2 x 2, 3 x 3) (Lavin and Gray 2016): 16 products per 2 x 2 pixels
/// instead of 36. Transforms of a tile of 4 x 4 pixels are sums only, so that rounding stays near that of the plain form; larger tiles,
/// which save more, lose digits. Channels last throughout: transforms run along channels, and the products of each of the 16 points are one
/// matrix multiply.
/// </summary>
internal sealed unsafe class WinogradConvolution : IDisposable
{
    private const int Points = 16;

    // Below so many output pixels the transformed weights, 16/9 of the plain ones, take longer to read than the products save.
    private const int LeastPixels = 100;

    // Transformed values are kept for so many floats per point at a time, so that they stay in the caches.
    private const int GroupFloats = 12288;

    private const int LeastGroup = 64;

    private const int ItemTiles = 8;

    private readonly ConvolutionGeometry _geometry;
    private readonly PackedMatrix[] _weights = new PackedMatrix[Points];
    private readonly TensorScope _scope = new();
    private readonly Tensor _zeros;

    public WinogradConvolution(Tensor weight, in ConvolutionGeometry geometry)
    {
        _geometry = geometry;
        _zeros = _scope.Zeros(new Shape(geometry.InputChannels));
        using var scope = new TensorScope();
        Tensor transformed = scope.New(new Shape(Points, geometry.OutputChannels, geometry.InputChannels));
        TransformWeight(weight, transformed);
        for (int point = 0; point < Points; point++)
        {
            _weights[point] = PackedMatrix.Pack(transformed[point], transposeB: true);
        }
    }

    /// <summary>Whether this form exists and pays; a matter of the shape only, so that an image's result does not depend on its batch.</summary>
    public static bool Fits(in ConvolutionGeometry g) =>
        g is { KernelHeight: 3, KernelWidth: 3, Window: { StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1, Groups: 1 } }
        && g.InputChannels >= 32 && g.OutputChannels >= 32 && g.InputChannels % 16 == 0 && g.OutputChannels % 16 == 0
        && g.OutputHeight * g.OutputWidth >= LeastPixels;

    /// <summary>Computes images <c>[B, H, W, C]</c> to <c>[B, H', W', O]</c>.</summary>
    /// <param name="x">The images.</param>
    /// <param name="images">B.</param>
    /// <param name="store">The destination with its epilogue.</param>
    public void Run(float* x, int images, in MatrixStore store)
    {
        int tileRows = (_geometry.OutputHeight + 1) / 2;
        int tileColumns = (_geometry.OutputWidth + 1) / 2;
        int tiles = checked(images * tileRows * tileColumns);
        int most = Math.Max(GroupFloats / Math.Max(_geometry.InputChannels, _geometry.OutputChannels), LeastGroup);
        int groups = (tiles + most - 1) / most;
        int group = (tiles + groups - 1) / groups;
        long inputs = (long)group * _geometry.InputChannels;
        long outputs = (long)group * _geometry.OutputChannels;
        TensorStorage storage = MemoryPool.Shared.Rent(Points * (inputs + outputs));
        try
        {
            var tile = new Tiles
            {
                Geometry = _geometry,
                TileRows = tileRows,
                TileColumns = tileColumns,
                Zeros = _zeros.Pointer,
                X = x,
                Store = store,
                Inputs = storage.Pointer,
                InputPoint = (nint)inputs,
                Outputs = storage.Pointer + (Points * inputs),
                OutputPoint = (nint)outputs,
            };
            for (int first = 0; first < tiles; first += group)
            {
                tile.First = first;
                tile.Count = Math.Min(group, tiles - first);
                int items = (tile.Count + ItemTiles - 1) / ItemTiles;
                VectorLoop.For(items, new InputBody { Tiles = tile });
                Workers.For(Points, new ProductBody { Tiles = tile, Weights = _weights });
                VectorLoop.For(items, new OutputBody { Tiles = tile });
            }
        }
        finally
        {
            MemoryPool.Shared.Return(storage);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PackedMatrix weight in _weights)
        {
            weight.Dispose();
        }

        _scope.Dispose();
    }

    /// <summary>G g G', in double: each side of (1, 0, 0), (1, 1, 1) / 2, (1, -1, 1) / 2, (0, 0, 1).</summary>
    private static void TransformWeight(Tensor weight, Tensor transformed)
    {
        int filters = weight.Shape[0] * weight.Shape[1];
        Span<double> half = stackalloc double[12];
        for (int filter = 0; filter < filters; filter++)
        {
            ReadOnlySpan<float> g = weight.Span.Slice(filter * 9, 9);
            for (int column = 0; column < 3; column++)
            {
                (double top, double middle, double bottom) = (g[column], g[3 + column], g[6 + column]);
                half[column] = top;
                half[3 + column] = (top + middle + bottom) / 2;
                half[6 + column] = (top - middle + bottom) / 2;
                half[9 + column] = bottom;
            }

            for (int row = 0; row < 4; row++)
            {
                (double left, double middle, double right) = (half[row * 3], half[(row * 3) + 1], half[(row * 3) + 2]);
                int point = row * 4;
                transformed.Span[(point * filters) + filter] = (float)left;
                transformed.Span[((point + 1) * filters) + filter] = (float)((left + middle + right) / 2);
                transformed.Span[((point + 2) * filters) + filter] = (float)((left - middle + right) / 2);
                transformed.Span[((point + 3) * filters) + filter] = (float)right;
            }
        }
    }

    /// <summary>A group of tiles and where their transforms lie: <c>[point, tile, channel]</c>.</summary>
    private struct Tiles
    {
        public ConvolutionGeometry Geometry;
        public int TileRows;
        public int TileColumns;
        public int First;
        public int Count;
        public float* Zeros;
        public float* X;
        public MatrixStore Store;
        public float* Inputs;
        public nint InputPoint;
        public float* Outputs;
        public nint OutputPoint;

        public readonly (int Image, int Row, int Column) Position(int tile)
        {
            int line = (First + tile) / TileColumns;
            int image = line / TileRows;
            return (image, 2 * (line - (image * TileRows)), 2 * (First + tile - (line * TileColumns)));
        }
    }

    /// <summary>B' d B: on each side d0 - d2, d1 + d2, d2 - d1, d1 - d3.</summary>
    private struct InputBody : IVectorBody
    {
        public Tiles Tiles;

        [SkipLocalsInit]
        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            float** pixels = stackalloc float*[Points];
            int end = Math.Min((index + 1) * ItemTiles, Tiles.Count);
            for (int tile = index * ItemTiles; tile < end; tile++)
            {
                (int image, int row, int column) = Tiles.Position(tile);
                int channels = Tiles.Geometry.InputChannels;
                int height = Tiles.Geometry.InputHeight;
                int width = Tiles.Geometry.InputWidth;
                float* source = Tiles.X + ((nint)image * height * width * channels);
                row -= Tiles.Geometry.Window.PaddingTop;
                column -= Tiles.Geometry.Window.PaddingLeft;
                for (int i = 0; i < Points; i++)
                {
                    int y = row + (i / 4);
                    int x = column + (i % 4);
                    pixels[i] = (uint)y < (uint)height && (uint)x < (uint)width ? source + ((((nint)y * width) + x) * channels) : Tiles.Zeros;
                }

                Transform<TSimd, TVector, TInt>(pixels, channels, Tiles.Inputs + ((nint)tile * channels), Tiles.InputPoint);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Transform<TSimd, TVector, TInt>(float** pixels, int channels, float* target, nint point)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            for (nint c = 0; c < channels; c += TSimd.Count, target += TSimd.Count)
            {
                Column<TSimd, TVector, TInt>(pixels, c, out TVector a0, out TVector a1, out TVector a2, out TVector a3);
                Column<TSimd, TVector, TInt>(pixels + 1, c, out TVector b0, out TVector b1, out TVector b2, out TVector b3);
                Column<TSimd, TVector, TInt>(pixels + 2, c, out TVector c0, out TVector c1, out TVector c2, out TVector c3);
                Column<TSimd, TVector, TInt>(pixels + 3, c, out TVector d0, out TVector d1, out TVector d2, out TVector d3);
                Row<TSimd, TVector, TInt>(a0, b0, c0, d0, target, point);
                Row<TSimd, TVector, TInt>(a1, b1, c1, d1, target + (4 * point), point);
                Row<TSimd, TVector, TInt>(a2, b2, c2, d2, target + (8 * point), point);
                Row<TSimd, TVector, TInt>(a3, b3, c3, d3, target + (12 * point), point);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Column<TSimd, TVector, TInt>(float** pixels, nint c, out TVector t0, out TVector t1, out TVector t2, out TVector t3)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            WinogradSides<TSimd, TVector, TInt>.Input(
                TSimd.Load(pixels[0] + c), TSimd.Load(pixels[4] + c), TSimd.Load(pixels[8] + c), TSimd.Load(pixels[12] + c), out t0, out t1, out t2, out t3);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Row<TSimd, TVector, TInt>(TVector p0, TVector p1, TVector p2, TVector p3, float* target, nint point)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            WinogradSides<TSimd, TVector, TInt>.Input(p0, p1, p2, p3, out TVector v0, out TVector v1, out TVector v2, out TVector v3);
            TSimd.Store(v0, target);
            TSimd.Store(v1, target + point);
            TSimd.Store(v2, target + (2 * point));
            TSimd.Store(v3, target + (3 * point));
        }
    }

    /// <summary>An item is the product of one point.</summary>
    private struct ProductBody : IParallelBody
    {
        public Tiles Tiles;
        public PackedMatrix[] Weights;

        public readonly void Invoke(int index)
        {
            PackedMatrix weight = Weights[index];
            var left = MatrixMultiply.Left(Tiles.Inputs + (index * Tiles.InputPoint), weight.Depth, transposed: false);
            var store = new MatrixStore(Tiles.Outputs + (index * Tiles.OutputPoint), weight.Columns);
            Gemm.Run(weight.Width, Tiles.Count, weight.Columns, weight.Depth, left, new PackedPanelSource(weight), accumulate: false, store);
        }
    }

    /// <summary>A' m A: on each side m0 + m1 + m2, m1 - m2 - m3; then the epilogue.</summary>
    private struct OutputBody : IVectorBody
    {
        public Tiles Tiles;

        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int end = Math.Min((index + 1) * ItemTiles, Tiles.Count);
            for (int tile = index * ItemTiles; tile < end; tile++)
            {
                (int image, int row, int column) = Tiles.Position(tile);
                int channels = Tiles.Geometry.OutputChannels;
                int height = Tiles.Geometry.OutputHeight;
                int width = Tiles.Geometry.OutputWidth;
                int pixel = (((image * height) + row) * width) + column;
                bool hasRight = column + 1 < width;
                bool hasBelow = row + 1 < height;
                float* target = Tiles.Store.Pointer + (pixel * Tiles.Store.Stride);
                // Pixels beyond the edge are written onto the first one, before it.
                float* right = hasRight ? target + Tiles.Store.Stride : target;
                float* below = hasBelow ? target + (width * Tiles.Store.Stride) : target;
                float* corner = hasRight && hasBelow ? below + Tiles.Store.Stride : target;
                Transform<TSimd, TVector, TInt>(Tiles.Outputs + ((nint)tile * channels), Tiles.OutputPoint, channels, corner, below, right, target);
                int across = hasRight ? 2 : 1;
                Tiles.Store.Finish<TSimd, TVector, TInt>(pixel, across, 0, channels);
                if (hasBelow)
                {
                    Tiles.Store.Finish<TSimd, TVector, TInt>(pixel + width, across, 0, channels);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Transform<TSimd, TVector, TInt>(float* source, nint point, int channels, float* corner, float* below, float* right, float* first)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            for (nint c = 0; c < channels; c += TSimd.Count, source += TSimd.Count)
            {
                Column<TSimd, TVector, TInt>(source, point, out TVector a0, out TVector a1);
                Column<TSimd, TVector, TInt>(source + point, point, out TVector b0, out TVector b1);
                Column<TSimd, TVector, TInt>(source + (2 * point), point, out TVector c0, out TVector c1);
                Column<TSimd, TVector, TInt>(source + (3 * point), point, out TVector d0, out TVector d1);
                WinogradSides<TSimd, TVector, TInt>.Output(a1, b1, c1, d1, out TVector y10, out TVector y11);
                WinogradSides<TSimd, TVector, TInt>.Output(a0, b0, c0, d0, out TVector y00, out TVector y01);
                TSimd.Store(y11, corner + c);
                TSimd.Store(y10, below + c);
                TSimd.Store(y01, right + c);
                TSimd.Store(y00, first + c);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Column<TSimd, TVector, TInt>(float* source, nint point, out TVector t0, out TVector t1)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            WinogradSides<TSimd, TVector, TInt>.Output(
                TSimd.Load(source), TSimd.Load(source + (4 * point)), TSimd.Load(source + (8 * point)), TSimd.Load(source + (12 * point)), out t0, out t1);
        }
    }
}
