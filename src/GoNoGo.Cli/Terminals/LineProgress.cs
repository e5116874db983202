using System.Diagnostics;
using System.Globalization;

namespace GoNoGo.Cli.Terminals;

/// <summary>A plain line every ten seconds, and one for every milestone.</summary>
internal sealed class LineProgress(string title, TextWriter writer) : IProgressView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Stopwatch _sinceLine = Stopwatch.StartNew();

    public void Report(double fraction, string text)
    {
        if (_sinceLine.Elapsed >= Interval)
        {
            Write(string.Create(CultureInfo.InvariantCulture, $"{title}: {100 * fraction:F0} %, {text}"));
        }
    }

    public void Milestone(string text) => Write(text);

    private void Write(string line)
    {
        writer.WriteLine(line);
        _sinceLine.Restart();
    }
}
