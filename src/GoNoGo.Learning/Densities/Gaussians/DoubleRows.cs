using System.Runtime.Intrinsics;

namespace GoNoGo.Learning.Densities.Gaussians;

/// <summary>Sums over rows of double-precision numbers, four at a time; the same bits on every machine.</summary>
internal static unsafe class DoubleRows
{
    /// <summary>The scalar product.</summary>
    public static double Dot(double* left, double* right, int count)
    {
        Vector256<double> sums = Vector256<double>.Zero;
        int i = 0;
        for (; i <= count - 4; i += 4)
        {
            sums += Vector256.Load(left + i) * Vector256.Load(right + i);
        }

        double sum = Vector256.Sum(sums);
        for (; i < count; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    /// <summary>Adds a multiple of one row to another.</summary>
    public static void AddScaled(double factor, double* from, double* to, int count)
    {
        Vector256<double> factors = Vector256.Create(factor);
        int i = 0;
        for (; i <= count - 4; i += 4)
        {
            (Vector256.Load(to + i) + (factors * Vector256.Load(from + i))).Store(to + i);
        }

        for (; i < count; i++)
        {
            to[i] += factor * from[i];
        }
    }

    /// <summary>Turns two rows: <c>(a, b) = (c a - s b, s a + c b)</c>.</summary>
    public static void Rotate(double c, double s, double* a, double* b, int count)
    {
        Vector256<double> cosines = Vector256.Create(c);
        Vector256<double> sines = Vector256.Create(s);
        int i = 0;
        for (; i <= count - 4; i += 4)
        {
            Vector256<double> first = Vector256.Load(a + i);
            Vector256<double> second = Vector256.Load(b + i);
            ((cosines * first) - (sines * second)).Store(a + i);
            ((sines * first) + (cosines * second)).Store(b + i);
        }

        for (; i < count; i++)
        {
            (a[i], b[i]) = ((c * a[i]) - (s * b[i]), (s * a[i]) + (c * b[i]));
        }
    }

    /// <summary>The sum of <c>((x - centre) scale)^2</c> over float numbers, each in double precision.</summary>
    /// <param name="x">Numbers.</param>
    /// <param name="centre">What is subtracted; null: nothing.</param>
    /// <param name="scale">Factors; null: 1.</param>
    /// <param name="count">Numbers.</param>
    public static double SquareSum(float* x, float* centre, float* scale, int count)
    {
        Vector256<double> sums = Vector256<double>.Zero;
        int i = 0;
        for (; i <= count - 4; i += 4)
        {
            Vector256<double> value = Widen(x + i);
            value = centre is null ? value : value - Widen(centre + i);
            value = scale is null ? value : value * Widen(scale + i);
            sums += value * value;
        }

        double sum = Vector256.Sum(sums);
        for (; i < count; i++)
        {
            double value = ((double)x[i] - (centre is null ? 0 : centre[i])) * (scale is null ? 1 : scale[i]);
            sum += value * value;
        }

        return sum;
    }

    private static Vector256<double> Widen(float* values)
    {
        (Vector128<double> low, Vector128<double> high) = Vector128.Widen(Vector128.Load(values));
        return Vector256.Create(low, high);
    }
}
