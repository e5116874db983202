using System.Globalization;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>Where the decimal mark is a comma, nothing changes.</summary>
public sealed class CultureTests(SampleLine line) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("info", "MODEL")]
    [InlineData("info", "MODEL", "--json")]
    [InlineData("threshold", "MODEL")]
    [InlineData("threshold", "MODEL", "--json")]
    [InlineData("inspect", "MODEL", "TEST")]
    [InlineData("inspect", "MODEL", "TEST", "--csv", "--threshold", "-0.5")]
    [InlineData("inspect", "MODEL", "TEST", "--json", "--threshold", "1.25e2")]
    [InlineData("evaluate", "MODEL", "--data", "DATA")]
    [InlineData("data", "describe", "DATA")]
    [InlineData("info", "--detector", "vtadl")]
    [InlineData("train", "--help")]
    public void Every_verb_says_the_same(params string[] args)
    {
        string[] full = [.. args.Select(arg => arg switch { "MODEL" => line.Model, "DATA" => line.Data, "TEST" => Path.Combine(line.Data, "test"), _ => arg })];
        Outcome expected = Gonogo.Run(full);
        Outcome actual = UnderComma(full);
        Assert.Equal(expected.Out, actual.Out);
        Assert.Equal(expected.Code, actual.Code);
    }

    [Fact]
    public void Training_gives_the_same_bytes()
    {
        string model = _folder["model.gonogo"];
        Outcome outcome = UnderComma(line.Train(model, "--epochs", "2", "--max-minutes", "100.5", "--set", "sigma-floor=0.1"));
        Assert.True(outcome.Code == 0, outcome.Error);
        Assert.Equal(File.ReadAllBytes(line.Model), File.ReadAllBytes(model));
    }

    [Fact]
    public void Scores_are_read_with_a_decimal_point()
    {
        string csv = _folder.File("scores.csv", "label,score\n0,0.5\n1,1.5\n0,-2.25\n1,1e-3\n"u8);
        Assert.Equal(Gonogo.Do("metrics", "--scores", csv, "--json").Out, UnderComma("metrics", "--scores", csv, "--json").Out);
        Gonogo.Refused(1, ["line 2", "'0,5'"], "metrics", "--scores", _folder.File("comma.csv", "label;score\n0;0,5\n"u8));
    }

    private static Outcome UnderComma(params string[] args)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            Assert.Equal("0,5", 0.5.ToString(CultureInfo.CurrentCulture));
            return Gonogo.Run(args);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
