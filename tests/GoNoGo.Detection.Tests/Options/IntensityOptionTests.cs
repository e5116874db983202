using System.Globalization;
using GoNoGo.Detection.Detectors;
using GoNoGo.Detection.Options;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Detection.Tests.Options;

public sealed class IntensityOptionTests
{
    public static TheoryData<string> Detectors() => [.. DetectorCatalog.Entries.Select(entry => entry.Id)];

    [Theory]
    [MemberData(nameof(Detectors))]
    public void Every_detector_has_it_and_full_scale_is_the_default(string id)
    {
        OptionTable table = DetectorCatalog.Find(id).Options;
        foreach (string preset in OptionTable.Presets)
        {
            Assert.Equal("full", table.Create(preset)["intensity"]);
        }

        Assert.Contains("| full, auto, MIN..MAX", OptionTableMarkdown.Write(table), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FULL", "full")]
    [InlineData(" auto ", "auto")]
    [InlineData("120..4095", "120..4095")]
    [InlineData("120 .. 4095", "120..4095")]
    [InlineData("0120..4095.0@16", "120..4095@16")]
    [InlineData("-1.5..2.25@32", "-1.5..2.25@32")]
    [InlineData("1e-3..1", "0.001..1")]
    public void Values_have_one_written_form_under_every_culture(string given, string written)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            foreach (string culture in new[] { "", "de-DE", "sv-SE", "fa-IR" })
            {
                CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
                OptionSet options = Table.Create("default", ["intensity=" + given]);
                Assert.Equal(written, options["intensity"]);
                Assert.Equal(written, Table.FromStored(options.Values)["intensity"]);
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("300..20")]
    [InlineData("20..20")]
    [InlineData("foo")]
    [InlineData("1..")]
    [InlineData("..5")]
    [InlineData("1...")]
    [InlineData("1,5..3")]
    [InlineData("1..NaN")]
    [InlineData("0..1e999")]
    [InlineData("-3e38..3e38")]
    [InlineData("0..5@12")]
    [InlineData("0..5@")]
    [InlineData("")]
    public void Other_values_are_refused_in_one_sentence(string value)
    {
        OptionException exception = Assert.Throws<OptionException>(() => Table.Create("default", ["intensity=" + value]));
        Assert.Equal($"option 'intensity' does not take '{value}'; allowed: full | auto | MIN..MAX (sample values, MIN below MAX)", exception.Message);
    }

    [Fact]
    public void The_range_reaches_the_preprocessing()
    {
        Assert.Null(DetectorPreprocessing.From(Table.Create()).Intensity);
        Assert.Equal(new IntensityRange(16, 235, 8), DetectorPreprocessing.From(Table.Create("default", ["intensity=16..235@8"])).Intensity);
        Assert.Contains("training finds", Assert.Throws<OptionException>(() => DetectorPreprocessing.From(Table.Create("default", ["intensity=auto"]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_with_one_other_value_leaves_the_first_alone()
    {
        OptionSet first = Table.Create();
        Assert.Equal(["intensity: full -> 1..2@8"], first.DifferencesTo(first.With("intensity", "1..2@8")));
        Assert.Equal("full", first["intensity"]);
    }

    private static OptionTable Table => DetectorCatalog.Find("autoencoder").Options;
}
