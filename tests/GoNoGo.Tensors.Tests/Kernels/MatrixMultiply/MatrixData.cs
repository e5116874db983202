namespace GoNoGo.Tensors.Tests.Kernels;

/// <summary>Small reproducible matrices and the textbook product in double.</summary>
internal static class MatrixData
{
    /// <summary>Values in (-1, 1) from a hash of the index.</summary>
    public static float[] Values(long count, int seed)
    {
        var values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            uint h = unchecked(((uint)i * 2654435761u) ^ ((uint)seed * 2246822519u));
            h = unchecked((h ^ (h >> 15)) * 2246822519u);
            h = unchecked((h ^ (h >> 13)) * 3266489917u);
            values[i] = (((h ^ (h >> 16)) >> 8) / 8388608f) - 1f;
        }

        return values;
    }

    /// <summary>C[i, j] = sum over d of A(i, d) B(d, j), and the sum of absolute products for the error bound.</summary>
    public static (double[] Sum, double[] Magnitude) Multiply(int m, int n, int k, float[] a, bool transposeA, float[] b, bool transposeB)
    {
        var sum = new double[m * n];
        var magnitude = new double[m * n];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double s = 0;
                double g = 0;
                for (int d = 0; d < k; d++)
                {
                    double product = (double)a[transposeA ? (d * m) + i : (i * k) + d] * b[transposeB ? (j * k) + d : (d * n) + j];
                    s += product;
                    g += Math.Abs(product);
                }

                sum[(i * n) + j] = s;
                magnitude[(i * n) + j] = g;
            }
        }

        return (sum, magnitude);
    }

    /// <summary>Sizes around every edge of the tiles.</summary>
    public static int[] Sizes => [1, 2, 3, 5, 6, 7, 8, 11, 12, 13, 15, 16, 17, 24, 31, 32, 33, 47, 64, 65, 70];
}
