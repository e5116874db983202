using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// A convolution's weight as the right operand of products of blocked maps: <c>[output block, input channel, 16]</c> for 1 x 1; sixteen of
/// these, one for each of Winograd's points, for 3 x 3. For the way back the roles of the channels change and the taps are turned by half a turn.
/// </summary>
internal readonly unsafe struct BlockedWeights
{
    public const int Points = 16;

    // Blocks of input channels that a product takes at a time: a block of weights for them, and six rows of pixels, stay in the first-level cache.
    private const int MostPartBlocks = 12;

    private const int Lanes = BlockedMaps.Lanes;

    private const int Taps = 9;

    // Input channels of an item.
    private const int ItemDepth = 64;

    private readonly bool _isAdjoint;

    /// <summary>The form that a weight has when packed.</summary>
    /// <param name="weight"><c>[O, C, k, k]</c>, k 1 or 3.</param>
    /// <param name="adjoint">Whether for the way back: from O channels to C.</param>
    /// <param name="packed">Room for <see cref="Length"/> floats.</param>
    public BlockedWeights(Shape weight, bool adjoint, float* packed)
    {
        Packed = packed;
        (Rows, Depth) = adjoint ? (weight[1], weight[0]) : (weight[0], weight[1]);
        _isAdjoint = adjoint;
        IsPointwise = weight[2] == 1;
    }

    /// <summary>Whether for a 1 x 1 convolution.</summary>
    public bool IsPointwise { get; }

    /// <summary>Channels that the product puts out.</summary>
    public int Rows { get; }

    /// <summary>Channels that it takes in.</summary>
    public int Depth { get; }

    /// <summary>Blocks that it puts out.</summary>
    public int Blocks => BlockedMaps.BlockCount(Rows);

    /// <summary>Blocks of input channels at a time; a matter of their number only, as the order of the sums is.</summary>
    public int PartBlocks
    {
        get
        {
            int blocks = BlockedMaps.BlockCount(Depth);
            int parts = (blocks + MostPartBlocks - 1) / MostPartBlocks;
            return (blocks + parts - 1) / parts;
        }
    }

    /// <summary>Floats from one block to the next.</summary>
    public nint BlockStride => (nint)Depth * Lanes;

    /// <summary>Floats from one point to the next.</summary>
    public nint PointStride => StrideOfPoints((nint)Blocks * Depth);

    /// <summary>The packed weights: point 0, block 0.</summary>
    public float* Packed { get; }

    /// <summary>Floats that packing a weight takes.</summary>
    public static long Length(Shape weight, bool adjoint)
    {
        (int rows, int depth) = adjoint ? (weight[1], weight[0]) : (weight[0], weight[1]);
        return StrideOfPoints((nint)BlockedMaps.BlockCount(rows) * depth) * (weight[2] == 1 ? 1 : Points);
    }

    /// <summary>
    /// Floats from one point's lines of 16 floats to the next point's: an odd number of lines. Sixteen streams a multiple of 4096 bytes apart
    /// would fall into the same sets of the first-level cache.
    /// </summary>
    public static nint StrideOfPoints(nint lines) => (lines | 1) * Lanes;

    /// <summary>Packs a weight of the form's shape, which is not needed afterwards.</summary>
    public void Pack(float* weight)
    {
        var body = new Body(this, weight);
        VectorLoop.For(Blocks * body.DepthParts, body);
    }

    /// <summary>One block of the product's channels and some input channels.</summary>
    private readonly struct Body : IVectorBody
    {
        private readonly BlockedWeights _form;
        private readonly float* _weight;
        private readonly nint _rowStride;
        private readonly nint _depthStride;

        public Body(in BlockedWeights form, float* weight)
        {
            nint taps = form.IsPointwise ? 1 : Taps;
            _form = form;
            _weight = weight;
            (_rowStride, _depthStride) = form._isAdjoint ? (taps, form.Rows * taps) : (form.Depth * taps, taps);
        }

        public int DepthParts => (_form.Depth + ItemDepth - 1) / ItemDepth;

        [SkipLocalsInit]
        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            int block = index / DepthParts;
            int first = index % DepthParts * ItemDepth;
            int end = Math.Min(first + ItemDepth, _form.Depth);
            int lanes = Math.Min(Lanes, _form.Rows - (block * Lanes));
            int taps = _form.IsPointwise ? 1 : Taps;
            float* filters = stackalloc float[Taps * Lanes];
            new Span<float>(filters, Taps * Lanes).Clear();
            for (int depth = first; depth < end; depth++)
            {
                float* source = _weight + (block * Lanes * _rowStride) + (depth * _depthStride);
                for (int lane = 0; lane < lanes; lane++, source += _rowStride)
                {
                    for (int tap = 0; tap < taps; tap++)
                    {
                        filters[(tap * Lanes) + lane] = source[_form._isAdjoint ? taps - 1 - tap : tap];
                    }
                }

                float* target = _form.Packed + ((((nint)block * _form.Depth) + depth) * Lanes);
                if (_form.IsPointwise)
                {
                    new ReadOnlySpan<float>(filters, Lanes).CopyTo(new Span<float>(target, Lanes));
                    continue;
                }

                for (int lane = 0; lane < Lanes; lane += TSimd.Count)
                {
                    Transform<TSimd, TVector, TInt>(filters + lane, target + lane, _form.PointStride);
                }
            }
        }

        /// <summary>G g G'.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Transform<TSimd, TVector, TInt>(float* filters, float* target, nint point)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            Column<TSimd, TVector, TInt>(filters, out TVector a0, out TVector a1, out TVector a2, out TVector a3);
            Column<TSimd, TVector, TInt>(filters + Lanes, out TVector b0, out TVector b1, out TVector b2, out TVector b3);
            Column<TSimd, TVector, TInt>(filters + (2 * Lanes), out TVector c0, out TVector c1, out TVector c2, out TVector c3);
            Row<TSimd, TVector, TInt>(a0, b0, c0, target, point);
            Row<TSimd, TVector, TInt>(a1, b1, c1, target + (4 * point), point);
            Row<TSimd, TVector, TInt>(a2, b2, c2, target + (8 * point), point);
            Row<TSimd, TVector, TInt>(a3, b3, c3, target + (12 * point), point);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Column<TSimd, TVector, TInt>(float* filters, out TVector u0, out TVector u1, out TVector u2, out TVector u3)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
            WinogradSides<TSimd, TVector, TInt>.Weight(
                TSimd.Load(filters), TSimd.Load(filters + (3 * Lanes)), TSimd.Load(filters + (6 * Lanes)), out u0, out u1, out u2, out u3);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Row<TSimd, TVector, TInt>(TVector g0, TVector g1, TVector g2, float* target, nint point)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            WinogradSides<TSimd, TVector, TInt>.Weight(g0, g1, g2, out TVector u0, out TVector u1, out TVector u2, out TVector u3);
            TSimd.Store(u0, target);
            TSimd.Store(u1, target + point);
            TSimd.Store(u2, target + (2 * point));
            TSimd.Store(u3, target + (3 * point));
        }
    }
}
