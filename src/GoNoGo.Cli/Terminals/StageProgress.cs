namespace GoNoGo.Cli.Terminals;

/// <summary>One stage of longer work: its share of the bar, and its name in front of the text.</summary>
/// <param name="whole">Shows the whole work.</param>
/// <param name="name">What the stage does.</param>
/// <param name="from">Where it begins, 0 to 1.</param>
/// <param name="to">Where it ends.</param>
internal sealed class StageProgress(IProgressView whole, string name, double from, double to) : IProgressView
{
    private readonly Rate _rate = new();

    public void Report(double fraction, string text) => whole.Report(from + (fraction * (to - from)), $"{name}: {text}");

    public void Milestone(string text) => whole.Milestone(text);

    /// <summary>Counted work.</summary>
    public void Count(int done, int all) => Report((double)done / Math.Max(1, all), _rate.Text(done, all));
}
