using System.Runtime.Intrinsics;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// The general product of all kernels: C (m x n) [+]= A B with operands that pack themselves (<see cref="IPanelSource"/>) and
/// a destination that takes tiles (<see cref="ITileStore"/>). An element's value depends on its row of A, its column of B, K and
/// the vector width only: not on M, N, the tile it falls in or the number of threads.
/// </summary>
internal static unsafe class Gemm
{
    /// <summary>
    /// Computes the product over <paramref name="k"/> and finishes every part of the destination once.
    /// </summary>
    /// <param name="m">Rows of the product, lanes of <paramref name="a"/>.</param>
    /// <param name="n">Columns of the product, lanes of <paramref name="b"/>.</param>
    /// <param name="k">Depth: the summed index; 0 gives zeros.</param>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    /// <param name="accumulate">Adds to the destination instead of overwriting it.</param>
    /// <param name="store">The destination.</param>
    public static void Run<TA, TB, TStore>(int m, int n, int k, TA a, TB b, bool accumulate, TStore store)
        where TA : struct, IPanelSource
        where TB : struct, IPanelSource
        where TStore : struct, ITileStore => Run(VectorWidths.Current, m, n, k, a, b, accumulate, store);

    /// <summary>
    /// The same with a given vector width (packed matrices bring their own). With <paramref name="room"/> for the packed left operand the calling thread does all alone;
    /// the right operand must be packed then.
    /// </summary>
    public static void Run<TA, TB, TStore>(VectorWidth width, int m, int n, int k, TA a, TB b, bool accumulate, TStore store, float* room = null)
        where TA : struct, IPanelSource
        where TB : struct, IPanelSource
        where TStore : struct, ITileStore
    {
        if (m == 0 || n == 0)
        {
            return;
        }

        switch (width)
        {
            case VectorWidth.Bits512:
                GemmDriver<Simd512, Vector512<float>, Vector512<int>, TA, TB, TStore>.Run(m, n, k, a, b, accumulate, store, room);
                break;
            case VectorWidth.Bits256:
                GemmDriver<Simd256, Vector256<float>, Vector256<int>, TA, TB, TStore>.Run(m, n, k, a, b, accumulate, store, room);
                break;
            case VectorWidth.Bits128:
                GemmDriver<Simd128, Vector128<float>, Vector128<int>, TA, TB, TStore>.Run(m, n, k, a, b, accumulate, store, room);
                break;
            default:
                GemmDriver<SimdScalar, float, int, TA, TB, TStore>.Run(m, n, k, a, b, accumulate, store, room);
                break;
        }
    }

    /// <summary>Columns of a tile at a vector width: two vectors.</summary>
    public static int TileColumns(VectorWidth width) => (int)width / 16;
}
