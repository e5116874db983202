using System.Globalization;
using GoNoGo.Tensors.Simd;
using Xunit;

namespace GoNoGo.Testing;

/// <summary>
/// What a test leg claims about the process it runs in, so that a leg that did not happen fails: a switch with a misspelt name
/// is ignored by the runtime without a word.
/// </summary>
public static class Legs
{
    /// <summary>The vector width in bits that the leg says it runs at (32 = scalar).</summary>
    public const string WidthVariable = "GONOGO_EXPECTED_VECTOR_WIDTH";

    /// <summary>The culture that the leg says it runs under.</summary>
    public const string CultureVariable = "GONOGO_EXPECTED_CULTURE";

    /// <summary>Fails when the leg claims another width than kernels use; skips where nothing is claimed.</summary>
    public static void CheckWidth()
    {
        string? claimed = Environment.GetEnvironmentVariable(WidthVariable);
        Assert.SkipWhen(string.IsNullOrEmpty(claimed), $"no leg: {WidthVariable} is not set");
        Assert.Equal(claimed, ((int)VectorWidths.Current).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Fails when the leg claims another culture than the process has; skips where nothing is claimed.</summary>
    public static void CheckCulture()
    {
        string? claimed = Environment.GetEnvironmentVariable(CultureVariable);
        Assert.SkipWhen(string.IsNullOrEmpty(claimed), $"no leg: {CultureVariable} is not set");
        Assert.Equal(claimed, CultureInfo.CurrentCulture.Name);
        Assert.Equal(",", CultureInfo.CurrentCulture.NumberFormat.NumberDecimalSeparator);
    }
}
