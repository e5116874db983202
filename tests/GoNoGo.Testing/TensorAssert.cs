using System.Globalization;
using GoNoGo.Tensors;
using Xunit;

namespace GoNoGo.Testing;

/// <summary>Comparisons of numbers in bulk.</summary>
public static class TensorAssert
{
    /// <summary>The floor under the reference's magnitude in <see cref="Error(ReadOnlySpan{double}, ReadOnlySpan{double})"/>.</summary>
    public const double Floor = 1e-6;

    /// <summary>E = max|a-b| / max(max|reference|, 1e-6); infinite where one is NaN or infinite and the other differs.</summary>
    public static double Error(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual)
    {
        double difference = 0;
        double magnitude = Floor;
        for (int i = 0; i < expected.Length; i++)
        {
            if (double.IsFinite(expected[i]) && double.IsFinite(actual[i]))
            {
                difference = Math.Max(difference, Math.Abs(expected[i] - actual[i]));
                magnitude = Math.Max(magnitude, Math.Abs(expected[i]));
            }
            else if (!expected[i].Equals(actual[i]))
            {
                return double.PositiveInfinity;
            }
        }

        return difference / magnitude;
    }

    /// <summary>Fails unless lengths agree and E is at most the limit.</summary>
    public static void Close(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double limit, string what = "values")
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {expected.Length} values expected, got {actual.Length}");
        double error = Error(expected, actual);
        if (!(error <= limit))
        {
            int worst = Worst(expected, actual);
            Assert.Fail(string.Create(CultureInfo.InvariantCulture,
                $"{what}: E = {error:E2}, limit {limit:E2}; worst at [{worst}]: expected {expected[worst]:R}, got {actual[worst]:R}"));
        }
    }

    /// <inheritdoc cref="Close(ReadOnlySpan{double}, ReadOnlySpan{double}, double, string)"/>
    public static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double limit, string what = "values") =>
        Close(Widen(expected), Widen(actual), limit, what);

    /// <inheritdoc cref="Close(ReadOnlySpan{double}, ReadOnlySpan{double}, double, string)"/>
    public static void Close(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double limit, string what = "values") =>
        Close(expected, Widen(actual), limit, what);

    /// <inheritdoc cref="Close(ReadOnlySpan{double}, ReadOnlySpan{double}, double, string)"/>
    public static void Close(float[] expected, float[] actual, double limit, string what = "values") =>
        Close(Widen(expected), Widen(actual), limit, what);

    /// <inheritdoc cref="Close(ReadOnlySpan{double}, ReadOnlySpan{double}, double, string)"/>
    public static void Close(double[] expected, float[] actual, double limit, string what = "values") =>
        Close(expected, Widen(actual), limit, what);

    /// <summary>Compares a tensor with a reference of the same shape (subsampled where the reference is).</summary>
    public static void Close(GoldenTensor expected, Tensor actual, double limit)
    {
        Assert.True(expected.Shape == actual.Shape, $"{expected.Name}: shape {expected.Shape} expected, got {actual.Shape}");
        Close(expected, actual.Span, limit);
    }

    /// <summary>Compares flat row-major values with a reference (subsampled where the reference is).</summary>
    public static void Close(GoldenTensor expected, ReadOnlySpan<float> actual, double limit)
    {
        Assert.True(expected.Shape.ElementCount == actual.Length, $"{expected.Name}: {expected.Shape.ElementCount} values expected, got {actual.Length}");
        Close(expected.Values, expected.Sample(actual), limit, expected.Name);
    }

    /// <summary>Fails unless every element differs by at most absolute + relative * |expected|.</summary>
    public static void Within(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double absolute, double relative = 0, string what = "values")
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {expected.Length} values expected, got {actual.Length}");
        for (int i = 0; i < expected.Length; i++)
        {
            bool good = Math.Abs(expected[i] - actual[i]) <= absolute + (relative * Math.Abs(expected[i])) || expected[i].Equals(actual[i]);
            Assert.True(good, string.Create(CultureInfo.InvariantCulture, $"{what}[{i}]: expected {expected[i]:R}, got {actual[i]:R}"));
        }
    }

    /// <inheritdoc cref="Within(ReadOnlySpan{double}, ReadOnlySpan{double}, double, double, string)"/>
    public static void Within(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double absolute, double relative = 0, string what = "values") =>
        Within(Widen(expected), Widen(actual), absolute, relative, what);

    /// <summary>Fails unless the two are equal bit for bit.</summary>
    public static void SameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what = "values")
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {expected.Length} values expected, got {actual.Length}");
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]),
                string.Create(CultureInfo.InvariantCulture, $"{what}[{i}]: expected {expected[i]:R}, got {actual[i]:R}"));
        }
    }

    /// <summary>The values as doubles.</summary>
    public static double[] Widen(ReadOnlySpan<float> values)
    {
        var wide = new double[values.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = values[i];
        }

        return wide;
    }

    private static int Worst(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual)
    {
        int worst = 0;
        double largest = -1;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(expected[i] - actual[i]);
            if (double.IsNaN(difference) && !expected[i].Equals(actual[i]))
            {
                return i;
            }

            if (difference > largest)
            {
                (worst, largest) = (i, difference);
            }
        }

        return worst;
    }
}
