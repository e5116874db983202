namespace GoNoGo.Cli.Terminals;

/// <summary>Shows how far long work is.</summary>
internal interface IProgressView
{
    /// <summary>Called often; a view shows what it can.</summary>
    /// <param name="fraction">Done, 0 to 1.</param>
    /// <param name="text">Rate, remaining time, losses.</param>
    void Report(double fraction, string text);

    /// <summary>A milestone: a line where lines are shown, nothing beside a bar.</summary>
    void Milestone(string text);
}

/// <summary>Shows nothing.</summary>
internal sealed class SilentProgress : IProgressView
{
    public void Report(double fraction, string text)
    {
    }

    public void Milestone(string text)
    {
    }
}
