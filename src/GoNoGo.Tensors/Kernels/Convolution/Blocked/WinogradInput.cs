using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>Winograd's transforms of some tiles of blocked maps, to <c>[point][block][tile, 16]</c>, on the calling thread.</summary>
internal static unsafe class WinogradInput
{
    private const int Lanes = BlockedMaps.Lanes;

    private const int Points = BlockedWeights.Points;

    // Tiles whose addresses are made at a time.
    private const int Batch = 48;

    private static readonly float* s_zeros = MakeZeros();

    /// <summary>B' d B of the 4 x 4 pixels around each tile.</summary>
    /// <param name="x">The maps.</param>
    /// <param name="tiles">Their tiles.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="count">How many.</param>
    /// <param name="beginBlock">The first block of channels.</param>
    /// <param name="endBlock">Behind the last one.</param>
    /// <param name="target">Receives the values of the first tile and block.</param>
    /// <param name="point">Floats from one point to the next.</param>
    /// <param name="block">Floats from one block to the next.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TSimd, TVector, TInt>(
        in BlockedMaps x, in BlockedTiles tiles, int first, int count, int beginBlock, int endBlock, float* target, nint point, nint block)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        nint* offsets = stackalloc nint[16 * Batch];
        float** pixels = stackalloc float*[16];
        for (int begin = 0; begin < count; begin += Batch)
        {
            int batch = Math.Min(Batch, count - begin);
            for (int tile = 0; tile < batch; tile++)
            {
                tiles.Offsets(first + begin + tile, x.Blocks * x.BlockStride, 1, new Span<nint>(offsets + (16 * tile), 16));
            }

            for (int b = beginBlock; b < endBlock; b++)
            {
                float* source = x.Block(0, b);
                float* to = target + ((b - beginBlock) * block) + ((nint)begin * Lanes);
                nint* at = offsets;
                for (int tile = 0; tile < batch; tile++, at += 16, to += Lanes)
                {
                    for (int i = 0; i < 16; i++)
                    {
                        pixels[i] = at[i] >= 0 ? source + at[i] : s_zeros;
                    }

                    for (int lane = 0; lane < Lanes; lane += TSimd.Count)
                    {
                        Column<TSimd, TVector, TInt>(pixels, lane, out TVector a0, out TVector a1, out TVector a2, out TVector a3);
                        Column<TSimd, TVector, TInt>(pixels + 1, lane, out TVector b0, out TVector b1, out TVector b2, out TVector b3);
                        Column<TSimd, TVector, TInt>(pixels + 2, lane, out TVector c0, out TVector c1, out TVector c2, out TVector c3);
                        Column<TSimd, TVector, TInt>(pixels + 3, lane, out TVector d0, out TVector d1, out TVector d2, out TVector d3);
                        Row<TSimd, TVector, TInt>(a0, b0, c0, d0, to + lane, point);
                        Row<TSimd, TVector, TInt>(a1, b1, c1, d1, to + lane + (4 * point), point);
                        Row<TSimd, TVector, TInt>(a2, b2, c2, d2, to + lane + (8 * point), point);
                        Row<TSimd, TVector, TInt>(a3, b3, c3, d3, to + lane + (12 * point), point);
                    }
                }
            }
        }
    }

    /// <summary>A dY A' of each tile's 2 x 2 pixels; parameters as for <see cref="Run"/>.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunGradient<TSimd, TVector, TInt>(
        in BlockedMaps gradY, in BlockedTiles tiles, int first, int count, int beginBlock, int endBlock, float* target, nint point, nint block)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        nint* offsets = stackalloc nint[4 * Batch];
        for (int begin = 0; begin < count; begin += Batch)
        {
            int batch = Math.Min(Batch, count - begin);
            for (int tile = 0; tile < batch; tile++)
            {
                tiles.Offsets(first + begin + tile, gradY.Blocks * gradY.BlockStride, 0, new Span<nint>(offsets + (4 * tile), 4));
            }

            for (int b = beginBlock; b < endBlock; b++)
            {
                float* source = gradY.Block(0, b);
                float* to = target + ((b - beginBlock) * block) + ((nint)begin * Lanes);
                nint* at = offsets;
                for (int tile = 0; tile < batch; tile++, at += 4, to += Lanes)
                {
                    float* p00 = source + at[0];
                    float* p01 = at[1] >= 0 ? source + at[1] : s_zeros;
                    float* p10 = at[2] >= 0 ? source + at[2] : s_zeros;
                    float* p11 = at[3] >= 0 ? source + at[3] : s_zeros;
                    for (int lane = 0; lane < Lanes; lane += TSimd.Count)
                    {
                        WinogradSides<TSimd, TVector, TInt>.OutputGradient(
                            TSimd.Load(p00 + lane), TSimd.Load(p10 + lane), out TVector a0, out TVector a1, out TVector a2, out TVector a3);
                        WinogradSides<TSimd, TVector, TInt>.OutputGradient(
                            TSimd.Load(p01 + lane), TSimd.Load(p11 + lane), out TVector b0, out TVector b1, out TVector b2, out TVector b3);
                        GradientRow<TSimd, TVector, TInt>(a0, b0, to + lane, point);
                        GradientRow<TSimd, TVector, TInt>(a1, b1, to + lane + (4 * point), point);
                        GradientRow<TSimd, TVector, TInt>(a2, b2, to + lane + (8 * point), point);
                        GradientRow<TSimd, TVector, TInt>(a3, b3, to + lane + (12 * point), point);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column<TSimd, TVector, TInt>(float** pixels, int lane, out TVector t0, out TVector t1, out TVector t2, out TVector t3)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        WinogradSides<TSimd, TVector, TInt>.Input(
            TSimd.Load(pixels[0] + lane), TSimd.Load(pixels[4] + lane), TSimd.Load(pixels[8] + lane), TSimd.Load(pixels[12] + lane),
            out t0, out t1, out t2, out t3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<TSimd, TVector, TInt>(TVector p0, TVector p1, TVector p2, TVector p3, float* target, nint point)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        WinogradSides<TSimd, TVector, TInt>.Input(p0, p1, p2, p3, out TVector v0, out TVector v1, out TVector v2, out TVector v3);
        Put<TSimd, TVector, TInt>(v0, v1, v2, v3, target, point);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GradientRow<TSimd, TVector, TInt>(TVector y0, TVector y1, float* target, nint point)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        WinogradSides<TSimd, TVector, TInt>.OutputGradient(y0, y1, out TVector m0, out TVector m1, out TVector m2, out TVector m3);
        Put<TSimd, TVector, TInt>(m0, m1, m2, m3, target, point);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TSimd, TVector, TInt>(TVector v0, TVector v1, TVector v2, TVector v3, float* target, nint point)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        TSimd.Store(v0, target);
        TSimd.Store(v1, target + point);
        TSimd.Store(v2, target + (2 * point));
        TSimd.Store(v3, target + (3 * point));
    }

    private static float* MakeZeros()
    {
        var zeros = (float*)NativeMemory.AlignedAlloc(Lanes * sizeof(float), 64);
        new Span<float>(zeros, Lanes).Clear();
        return zeros;
    }
}
