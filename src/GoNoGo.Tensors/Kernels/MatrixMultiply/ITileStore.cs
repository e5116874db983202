using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// Where the product of <see cref="Gemm"/> goes. <see cref="MatrixStore"/> is the plain matrix, which the microkernel
/// writes by itself; other destinations (a transposed matrix, the images of a batch) receive tiles.
/// Called from several threads at once, for disjoint parts.
/// </summary>
internal unsafe interface ITileStore
{
    /// <summary>
    /// Takes the tile of rows row .. row + rowCount - 1 and columns column .. column + columnCount - 1, element (i, j) at
    /// <c>tile[i * tileStride + j]</c>: adds it to the destination if <paramref name="accumulate"/>, else overwrites.
    /// Called once per depth block, in order of depth.
    /// </summary>
    void Store<TSimd, TVector, TInt>(float* tile, int tileStride, int row, int rowCount, int column, int columnCount, bool accumulate)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct;

    /// <summary>Called once for each part of the destination after its last tile, while it is in the cache: bias, activation, residual.</summary>
    void Finish<TSimd, TVector, TInt>(int row, int rowCount, int column, int columnCount)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct;
}
