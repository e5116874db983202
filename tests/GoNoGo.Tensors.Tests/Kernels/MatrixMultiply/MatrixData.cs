using Xunit;

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
            for (int d = 0; d < k; d++)
            {
                double left = a[transposeA ? (d * m) + i : (i * k) + d];
                for (int j = 0; j < n; j++)
                {
                    double product = left * b[transposeB ? (j * k) + d : (d * n) + j];
                    sum[(i * n) + j] += product;
                    magnitude[(i * n) + j] += Math.Abs(product);
                }
            }
        }

        return (sum, magnitude);
    }

    /// <summary>Compares with the textbook within the error of float32 sums: a few roundings, growing as the root of the depth.</summary>
    public static void AssertProduct(int m, int n, int k, float[] a, bool transposeA, float[] b, bool transposeB, float[]? before, float[] actual)
    {
        (double[] sum, double[] magnitude) = Multiply(m, n, k, a, transposeA, b, transposeB);
        Assert.Equal(m * n, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            double expected = sum[i] + (before is null ? 0 : before[i]);
            double limit = (magnitude[i] + 1) * 1.2e-7 * Math.Sqrt(k + 4);
            if (!(Math.Abs(actual[i] - expected) <= limit))
            {
                Assert.Fail($"{m} x {n} x {k}, transposed {transposeA} {transposeB}, row {i / n}, column {i % n}: expected {expected}, got {actual[i]}, limit {limit}.");
            }
        }
    }

    /// <summary>Sizes around every edge of the tiles.</summary>
    public static int[] Sizes => [1, 2, 3, 5, 6, 7, 8, 11, 12, 13, 15, 16, 17, 24, 31, 32, 33, 47, 64, 65, 70];
}
