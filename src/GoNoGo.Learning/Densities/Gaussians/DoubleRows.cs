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

    /// <summary>Adds a multiple of a row of float numbers to another.</summary>
    public static void AddScaled(double factor, float* from, double* to, int count)
    {
        Vector256<double> factors = Vector256.Create(factor);
        int i = 0;
        for (; i <= count - 4; i += 4)
        {
            (Vector256.Load(to + i) + (factors * Widen(from + i))).Store(to + i);
        }

        for (; i < count; i++)
        {
            to[i] += factor * from[i];
        }
    }

    /// <summary>Adds <c>(from - factor other) / divisor</c>.</summary>
    public static void AddShifted(double* from, double factor, double* other, double divisor, double* to, int count)
    {
        Vector256<double> factors = Vector256.Create(factor);
        Vector256<double> divisors = Vector256.Create(divisor);
        int i = 0;
        for (; i <= count - 4; i += 4)
        {
            (Vector256.Load(to + i) + ((Vector256.Load(from + i) - (factors * Vector256.Load(other + i))) / divisors)).Store(to + i);
        }

        for (; i < count; i++)
        {
            to[i] += (from[i] - (factor * other[i])) / divisor;
        }
    }

    /// <summary>Adds multiples of 16 columns of a float matrix to their sums, row after row.</summary>
    public static void AddScaled16(double* factors, float* from, long stride, int rows, double* to)
    {
        Vector256<double> first = Vector256.Load(to);
        Vector256<double> second = Vector256.Load(to + 4);
        Vector256<double> third = Vector256.Load(to + 8);
        Vector256<double> fourth = Vector256.Load(to + 12);
        for (int i = 0; i < rows; i++, from += stride)
        {
            Vector256<double> factor = Vector256.Create(factors[i]);
            first += factor * Widen(from);
            second += factor * Widen(from + 4);
            third += factor * Widen(from + 8);
            fourth += factor * Widen(from + 12);
        }

        first.Store(to);
        second.Store(to + 4);
        third.Store(to + 8);
        fourth.Store(to + 12);
    }

    /// <summary>Adds the squares of a row of float numbers to another.</summary>
    public static void AddSquares(float* from, double* to, int count)
    {
        int i = 0;
        for (; i <= count - 4; i += 4)
        {
            Vector256<double> value = Widen(from + i);
            (Vector256.Load(to + i) + (value * value)).Store(to + i);
        }

        for (; i < count; i++)
        {
            to[i] += (double)from[i] * from[i];
        }
    }

    /// <summary>Sets <c>to = factor (from - centre)</c>, rounded to float at the end.</summary>
    public static void Centre(double factor, float* from, double* centre, float* to, int count)
    {
        Vector256<double> factors = Vector256.Create(factor);
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            Vector256<double> low = factors * (Widen(from + i) - Vector256.Load(centre + i));
            Vector256<double> high = factors * (Widen(from + i + 4) - Vector256.Load(centre + i + 4));
            Vector256.Narrow(low, high).Store(to + i);
        }

        for (; i < count; i++)
        {
            to[i] = (float)(factor * (from[i] - centre[i]));
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

    /// <summary>The sum of squares of float numbers, each in double precision.</summary>
    public static double SquareSum(float* x, int count)
    {
        Vector256<double> first = Vector256<double>.Zero;
        Vector256<double> second = Vector256<double>.Zero;
        Vector256<double> third = Vector256<double>.Zero;
        Vector256<double> fourth = Vector256<double>.Zero;
        int i = 0;
        for (; i <= count - 16; i += 16)
        {
            Vector256<double> a = Widen(x + i);
            Vector256<double> b = Widen(x + i + 4);
            Vector256<double> c = Widen(x + i + 8);
            Vector256<double> d = Widen(x + i + 12);
            first += a * a;
            second += b * b;
            third += c * c;
            fourth += d * d;
        }

        double sum = Vector256.Sum(first + second + (third + fourth));
        for (; i < count; i++)
        {
            sum += (double)x[i] * x[i];
        }

        return sum;
    }

    /// <summary>The sum of <c>w x^2</c> over float numbers x.</summary>
    public static double WeightedSquareSum(float* x, double* weights, int count)
    {
        Vector256<double> sums = Vector256<double>.Zero;
        int i = 0;
        for (; i <= count - 4; i += 4)
        {
            Vector256<double> value = Widen(x + i);
            sums += Vector256.Load(weights + i) * value * value;
        }

        double sum = Vector256.Sum(sums);
        for (; i < count; i++)
        {
            sum += weights[i] * x[i] * x[i];
        }

        return sum;
    }

    private static Vector256<double> Widen(float* values)
    {
        (Vector128<double> low, Vector128<double> high) = Vector128.Widen(Vector128.Load(values));
        return Vector256.Create(low, high);
    }
}
