using GoNoGo.Scores;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.Tests.Scores;

public sealed class ScoreFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Columns_are_found_by_name()
    {
        ScoreFile file = Read("picture,Score,label\n\"a, b\",1.5,bad\n\nx,-2e-1,0\ny,inf,1\nz,-inf,GOOD\n");
        Assert.Equal([1.5, -0.2, double.PositiveInfinity, double.NegativeInfinity], file.Scores);
        Assert.Equal([1, 0, 1, 0], file.Labels);
    }

    [Theory]
    [InlineData("label;score\n1;2\n")]
    [InlineData("label\tscore\r\n1\t2\r\n")]
    [InlineData("\uFEFFlabel,score\n1,2")]
    public void Separators_line_ends_and_byte_order_mark(string text)
    {
        ScoreFile file = Read(text);
        Assert.Equal([2.0], file.Scores);
        Assert.Equal([1], file.Labels);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("label,score\n", "no rows")]
    [InlineData("label,value\n1,2\n", "column 'score'")]
    [InlineData("label,score,score\n1,2,3\n", "twice")]
    [InlineData("label,score\n1,2\n2,3\n", "line 3")]
    [InlineData("label,score\n1,nan\n", "'nan'")]
    [InlineData("label,score\n1,x\n", "'x'")]
    [InlineData("label,score\n1,2,3\n", "2 columns")]
    public void What_is_wrong_is_named(string text, string words) =>
        Assert.Contains(words, Assert.Throws<ScoreInputException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("nowhere.csv", Assert.Throws<ScoreInputException>(() => ScoreFile.Read(_folder["nowhere.csv"])).Message, StringComparison.Ordinal);

    private ScoreFile Read(string text) => ScoreFile.Read(_folder.File("scores.csv", System.Text.Encoding.UTF8.GetBytes(text)));
}
