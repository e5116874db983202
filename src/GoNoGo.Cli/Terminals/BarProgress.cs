using Spectre.Console;
using Spectre.Console.Rendering;

namespace GoNoGo.Cli.Terminals;

/// <summary>A progress bar that vanishes when the work ends.</summary>
internal sealed class BarProgress(ProgressTask task, BarProgress.Tail tail) : IProgressView
{
    private double _fraction;

    public static T Run<T>(IAnsiConsole console, string title, Func<IProgressView, T> work)
    {
        var tail = new Tail();
        return console.Progress().AutoClear(true).HideCompleted(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn(), tail)
            .Start(context => work(new BarProgress(context.AddTask(Markup.Escape(title), maxValue: 1), tail)));
    }

    public void Report(double fraction, string text)
    {
        tail.Text = text;
        task.Increment(fraction - _fraction);
        _fraction = fraction;
    }

    public void Milestone(string text)
    {
    }

    /// <summary>The text behind the bar.</summary>
    internal sealed class Tail : ProgressColumn
    {
        public volatile string Text = "";

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(Text, Tone.Dim.Style()) { Overflow = Overflow.Ellipsis };
    }
}
