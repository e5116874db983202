using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>
/// The destination of a product computed as its transpose, (A B)^T = B^T A^T: when B has a few columns only, tiles whose
/// rows are those columns waste less.
/// </summary>
internal readonly unsafe struct TransposedMatrixStore(MatrixStore matrix) : ITileStore
{
    private readonly MatrixStore _matrix = matrix;

    /// <inheritdoc/>
    public void Store<TSimd, TVector, TInt>(float* tile, int tileStride, int row, int rowCount, int column, int columnCount, bool accumulate)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        for (int j = 0; j < columnCount; j++)
        {
            float* target = _matrix.Pointer + ((column + j) * _matrix.Stride) + row;
            float* source = tile + j;
            for (int i = 0; i < rowCount; i++, source += tileStride)
            {
                target[i] = accumulate ? target[i] + *source : *source;
            }
        }
    }

    /// <inheritdoc/>
    public void Finish<TSimd, TVector, TInt>(int row, int rowCount, int column, int columnCount)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct =>
        _matrix.Finish<TSimd, TVector, TInt>(column, columnCount, row, rowCount);
}
