using System.Runtime.CompilerServices;

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

    public MatrixStore(float* pointer, nint stride)
    {
        Pointer = pointer;
        Stride = stride;
    }

    public readonly void Store(float* tile, int tileStride, int row, int rowCount, int column, int columnCount, bool accumulate)
    {
        for (int i = 0; i < rowCount; i++)
        {
            float* source = tile + (i * tileStride);
            float* target = Pointer + ((row + i) * Stride) + column;
            if (accumulate)
            {
                for (int j = 0; j < columnCount; j++)
                {
                    target[j] += source[j];
                }
            }
            else
            {
                for (int j = 0; j < columnCount; j++)
                {
                    target[j] = source[j];
                }
            }
        }
    }

    public readonly void Finish(int row, int rowCount, int column, int columnCount)
    {
        if (ColumnBias == null && RowBias == null && Residual == null && Activation == MatrixActivation.None)
        {
            return;
        }

        for (int i = row; i < row + rowCount; i++)
        {
            MatrixEpilogueRow.Apply(
                Pointer + (i * Stride) + column,
                columnCount,
                ColumnBias == null ? null : ColumnBias + column,
                RowBias == null ? 0f : RowBias[i],
                Activation,
                Residual == null ? null : Residual + (i * ResidualStride) + column);
        }
    }
}
