using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>What a microkernel does with the tile in memory.</summary>
internal enum TileMode
{
    /// <summary>Overwrites it.</summary>
    Overwrite,

    /// <summary>Adds the finished sums to it.</summary>
    Add,

    /// <summary>Takes the sums up where it left them.</summary>
    Continue,
}

/// <summary>
/// The innermost loop: a tile of <typeparamref name="TRows"/> rows by two vectors, whose sums live in registers. One
/// multiply-add per element and depth, in order of depth: the same arithmetic for every tile size.
/// </summary>
internal static unsafe class GemmMicroKernel<TSimd, TVector, TInt, TRows>
    where TSimd : struct, ISimd<TVector, TInt>
    where TVector : struct
    where TInt : struct
    where TRows : struct, IRowCount
{
    private const int PrefetchFloats = 384;

    /// <summary>
    /// c (i, j) = [c (i, j) +] sum over d of a[d * aStride + i] * b[d * bStride + j].
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int depth, float* a, nint aStride, float* b, nint bStride, float* c, nint cStride, TileMode mode)
    {
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero;
        TVector s10 = TSimd.Zero, s11 = TSimd.Zero;
        TVector s20 = TSimd.Zero, s21 = TSimd.Zero;
        TVector s30 = TSimd.Zero, s31 = TSimd.Zero;
        TVector s40 = TSimd.Zero, s41 = TSimd.Zero;
        TVector s50 = TSimd.Zero, s51 = TSimd.Zero;
        TVector s60 = TSimd.Zero, s61 = TSimd.Zero;
        TVector s70 = TSimd.Zero, s71 = TSimd.Zero;
        TVector s80 = TSimd.Zero, s81 = TSimd.Zero;
        TVector s90 = TSimd.Zero, s91 = TSimd.Zero;
        TVector s100 = TSimd.Zero, s101 = TSimd.Zero;
        TVector s110 = TSimd.Zero, s111 = TSimd.Zero;

        if (mode == TileMode.Continue)
        {
            float* row = c;
            if (TRows.Count > 0)
            {
                s00 = TSimd.Load(row);
                s01 = TSimd.Load(row + TSimd.Count);
                row += cStride;
            }

            if (TRows.Count > 1)
            {
                s10 = TSimd.Load(row);
                s11 = TSimd.Load(row + TSimd.Count);
                row += cStride;
            }

            if (TRows.Count > 2)
            {
                s20 = TSimd.Load(row);
                s21 = TSimd.Load(row + TSimd.Count);
                row += cStride;
            }

            if (TRows.Count > 3)
            {
                s30 = TSimd.Load(row);
                s31 = TSimd.Load(row + TSimd.Count);
                row += cStride;
            }

            if (TRows.Count > 4)
            {
                s40 = TSimd.Load(row);
                s41 = TSimd.Load(row + TSimd.Count);
                row += cStride;
            }

            if (TRows.Count > 5)
            {
                s50 = TSimd.Load(row);
                s51 = TSimd.Load(row + TSimd.Count);
                row += cStride;
            }

            if (TRows.Count > 6)
            {
                s60 = TSimd.Load(row);
                s61 = TSimd.Load(row + TSimd.Count);
                row += cStride;
            }

            if (TRows.Count > 7)
            {
                s70 = TSimd.Load(row);
                s71 = TSimd.Load(row + TSimd.Count);
                row += cStride;
            }

            if (TRows.Count > 8)
            {
                s80 = TSimd.Load(row);
                s81 = TSimd.Load(row + TSimd.Count);
                row += cStride;
            }

            if (TRows.Count > 9)
            {
                s90 = TSimd.Load(row);
                s91 = TSimd.Load(row + TSimd.Count);
                row += cStride;
            }

            if (TRows.Count > 10)
            {
                s100 = TSimd.Load(row);
                s101 = TSimd.Load(row + TSimd.Count);
                row += cStride;
            }

            if (TRows.Count > 11)
            {
                s110 = TSimd.Load(row);
                s111 = TSimd.Load(row + TSimd.Count);
                row += cStride;
            }

        }
        else if (Sse.IsSupported)
        {
            // The sums meet the destination only at the end: its lines travel meanwhile.
            float* row = c;
            if (TRows.Count > 0)
            {
                Sse.Prefetch0(row);
                Sse.Prefetch0(row + (2 * TSimd.Count) - 1);
                row += cStride;
            }

            if (TRows.Count > 1)
            {
                Sse.Prefetch0(row);
                Sse.Prefetch0(row + (2 * TSimd.Count) - 1);
                row += cStride;
            }

            if (TRows.Count > 2)
            {
                Sse.Prefetch0(row);
                Sse.Prefetch0(row + (2 * TSimd.Count) - 1);
                row += cStride;
            }

            if (TRows.Count > 3)
            {
                Sse.Prefetch0(row);
                Sse.Prefetch0(row + (2 * TSimd.Count) - 1);
                row += cStride;
            }

            if (TRows.Count > 4)
            {
                Sse.Prefetch0(row);
                Sse.Prefetch0(row + (2 * TSimd.Count) - 1);
                row += cStride;
            }

            if (TRows.Count > 5)
            {
                Sse.Prefetch0(row);
                Sse.Prefetch0(row + (2 * TSimd.Count) - 1);
                row += cStride;
            }

            if (TRows.Count > 6)
            {
                Sse.Prefetch0(row);
                Sse.Prefetch0(row + (2 * TSimd.Count) - 1);
                row += cStride;
            }

            if (TRows.Count > 7)
            {
                Sse.Prefetch0(row);
                Sse.Prefetch0(row + (2 * TSimd.Count) - 1);
                row += cStride;
            }

            if (TRows.Count > 8)
            {
                Sse.Prefetch0(row);
                Sse.Prefetch0(row + (2 * TSimd.Count) - 1);
                row += cStride;
            }

            if (TRows.Count > 9)
            {
                Sse.Prefetch0(row);
                Sse.Prefetch0(row + (2 * TSimd.Count) - 1);
                row += cStride;
            }

            if (TRows.Count > 10)
            {
                Sse.Prefetch0(row);
                Sse.Prefetch0(row + (2 * TSimd.Count) - 1);
                row += cStride;
            }

            if (TRows.Count > 11)
            {
                Sse.Prefetch0(row);
                Sse.Prefetch0(row + (2 * TSimd.Count) - 1);
                row += cStride;
            }

        }

        for (int d = 0; d < depth; d++)
        {
            if (Sse.IsSupported)
            {
                // Streams from the second level; the processor's own prefetch stops at each page.
                Sse.Prefetch0(a + PrefetchFloats);
            }

            TVector b0 = TSimd.Load(b);
            TVector b1 = TSimd.Load(b + TSimd.Count);
            TVector x;
            if (TRows.Count > 0)
            {
                x = TSimd.Broadcast(a[0]);
                s00 = TSimd.MultiplyAdd(x, b0, s00);
                s01 = TSimd.MultiplyAdd(x, b1, s01);
            }

            if (TRows.Count > 1)
            {
                x = TSimd.Broadcast(a[1]);
                s10 = TSimd.MultiplyAdd(x, b0, s10);
                s11 = TSimd.MultiplyAdd(x, b1, s11);
            }

            if (TRows.Count > 2)
            {
                x = TSimd.Broadcast(a[2]);
                s20 = TSimd.MultiplyAdd(x, b0, s20);
                s21 = TSimd.MultiplyAdd(x, b1, s21);
            }

            if (TRows.Count > 3)
            {
                x = TSimd.Broadcast(a[3]);
                s30 = TSimd.MultiplyAdd(x, b0, s30);
                s31 = TSimd.MultiplyAdd(x, b1, s31);
            }

            if (TRows.Count > 4)
            {
                x = TSimd.Broadcast(a[4]);
                s40 = TSimd.MultiplyAdd(x, b0, s40);
                s41 = TSimd.MultiplyAdd(x, b1, s41);
            }

            if (TRows.Count > 5)
            {
                x = TSimd.Broadcast(a[5]);
                s50 = TSimd.MultiplyAdd(x, b0, s50);
                s51 = TSimd.MultiplyAdd(x, b1, s51);
            }

            if (TRows.Count > 6)
            {
                x = TSimd.Broadcast(a[6]);
                s60 = TSimd.MultiplyAdd(x, b0, s60);
                s61 = TSimd.MultiplyAdd(x, b1, s61);
            }

            if (TRows.Count > 7)
            {
                x = TSimd.Broadcast(a[7]);
                s70 = TSimd.MultiplyAdd(x, b0, s70);
                s71 = TSimd.MultiplyAdd(x, b1, s71);
            }

            if (TRows.Count > 8)
            {
                x = TSimd.Broadcast(a[8]);
                s80 = TSimd.MultiplyAdd(x, b0, s80);
                s81 = TSimd.MultiplyAdd(x, b1, s81);
            }

            if (TRows.Count > 9)
            {
                x = TSimd.Broadcast(a[9]);
                s90 = TSimd.MultiplyAdd(x, b0, s90);
                s91 = TSimd.MultiplyAdd(x, b1, s91);
            }

            if (TRows.Count > 10)
            {
                x = TSimd.Broadcast(a[10]);
                s100 = TSimd.MultiplyAdd(x, b0, s100);
                s101 = TSimd.MultiplyAdd(x, b1, s101);
            }

            if (TRows.Count > 11)
            {
                x = TSimd.Broadcast(a[11]);
                s110 = TSimd.MultiplyAdd(x, b0, s110);
                s111 = TSimd.MultiplyAdd(x, b1, s111);
            }

            a += aStride;
            b += bStride;
        }

        if (TRows.Count > 0)
        {
            Put(c, s00, s01, mode);
            c += cStride;
        }

        if (TRows.Count > 1)
        {
            Put(c, s10, s11, mode);
            c += cStride;
        }

        if (TRows.Count > 2)
        {
            Put(c, s20, s21, mode);
            c += cStride;
        }

        if (TRows.Count > 3)
        {
            Put(c, s30, s31, mode);
            c += cStride;
        }

        if (TRows.Count > 4)
        {
            Put(c, s40, s41, mode);
            c += cStride;
        }

        if (TRows.Count > 5)
        {
            Put(c, s50, s51, mode);
            c += cStride;
        }

        if (TRows.Count > 6)
        {
            Put(c, s60, s61, mode);
            c += cStride;
        }

        if (TRows.Count > 7)
        {
            Put(c, s70, s71, mode);
            c += cStride;
        }

        if (TRows.Count > 8)
        {
            Put(c, s80, s81, mode);
            c += cStride;
        }

        if (TRows.Count > 9)
        {
            Put(c, s90, s91, mode);
            c += cStride;
        }

        if (TRows.Count > 10)
        {
            Put(c, s100, s101, mode);
            c += cStride;
        }

        if (TRows.Count > 11)
        {
            Put(c, s110, s111, mode);
            c += cStride;
        }

    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* c, TVector sum0, TVector sum1, TileMode mode)
    {
        if (mode == TileMode.Add)
        {
            sum0 = TSimd.Add(TSimd.Load(c), sum0);
            sum1 = TSimd.Add(TSimd.Load(c + TSimd.Count), sum1);
        }

        TSimd.Store(sum0, c);
        TSimd.Store(sum1, c + TSimd.Count);
    }
}
