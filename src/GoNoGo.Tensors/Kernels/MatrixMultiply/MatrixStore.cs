using System.Runtime.CompilerServices;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels;

/// <summary>A row-major matrix as the destination of <see cref="Gemm"/>, with the fused epilogue.</summary>
internal unsafe struct MatrixStore : ITileStore
{
    /// <summary>Element (0, 0).</summary>
    public float* Pointer;

    /// <summary>Elements from one row to the next.</summary>
    public nint Stride;

    /// <summary>One value per column, or null.</summary>
    public float* ColumnBias;

    /// <summary>One value per row, or null.</summary>
    public float* RowBias;

    /// <summary>A matrix of the same size and <see cref="ResidualStride"/>, or null.</summary>
    public float* Residual;

    /// <summary>Elements from one row of the residual to the next.</summary>
    public nint ResidualStride;

    /// <summary>Applied after the biases, before the residual.</summary>
    public MatrixActivation Activation;

    /// <summary>Applied after the residual.</summary>
    public MatrixActivation FinalActivation;

    public MatrixStore(float* pointer, nint stride)
    {
        Pointer = pointer;
        Stride = stride;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Store<TSimd, TVector, TInt>(float* tile, int tileStride, int row, int rowCount, int column, int columnCount, bool accumulate)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        for (int i = 0; i < rowCount; i++)
        {
            float* source = tile + ((nint)i * tileStride);
            float* target = Pointer + ((row + i) * Stride) + column;
            int j = 0;
            for (; j <= columnCount - TSimd.Count; j += TSimd.Count)
            {
                TVector sum = TSimd.Load(source + j);
                TSimd.Store(accumulate ? TSimd.Add(TSimd.Load(target + j), sum) : sum, target + j);
            }

            for (; j < columnCount; j++)
            {
                target[j] = accumulate ? target[j] + source[j] : source[j];
            }
        }
    }

    /// <inheritdoc/>
    public readonly void Finish<TSimd, TVector, TInt>(int row, int rowCount, int column, int columnCount)
        where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
    {
        if (ColumnBias == null && RowBias == null && Residual == null && Activation == MatrixActivation.None && FinalActivation == MatrixActivation.None)
        {
            return;
        }

        for (int i = row; i < row + rowCount; i++)
        {
            MatrixEpilogueRow<TSimd, TVector, TInt>.Apply(
                Pointer + (i * Stride) + column,
                columnCount,
                ColumnBias == null ? null : ColumnBias + column,
                RowBias == null ? 0f : RowBias[i],
                Activation,
                Residual == null ? null : Residual + (i * ResidualStride) + column,
                FinalActivation);
        }
    }
}
