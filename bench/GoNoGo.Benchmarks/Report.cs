using System.Globalization;
using System.Text;

namespace GoNoGo.Benchmarks;

/// <summary>Markdown that goes to the screen line by line and to a file at the end.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new();

    public void Line(string line = "")
    {
        Console.WriteLine(line);
        _text.Append(line).Append('\n');
    }

    /// <summary>A line of text with numbers in the invariant culture.</summary>
    public void Line(FormattableString line) => Line(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>The heading of what was measured with a number of threads.</summary>
    public void ThreadHeading(int threads)
    {
        Line($"## {threads} thread{(threads == 1 ? "" : "s")}");
        Line();
    }

    public void Header(params ReadOnlySpan<string> columns)
    {
        Row(columns);
        Line("|" + string.Concat(Enumerable.Repeat(" --- |", columns.Length)));
    }

    public void Row(params ReadOnlySpan<string> cells)
    {
        Line("| " + string.Join(" | ", cells!) + " |");
    }

    /// <summary>A number with the given decimals, in the invariant culture.</summary>
    public static string Number(double value, int decimals) => value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    public void Save(string path)
    {
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, _text.ToString());
    }
}
