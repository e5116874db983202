namespace GoNoGo.Benchmarks;

/// <summary>One benchmark: a folder with a class, and a line in <see cref="Registry"/>.</summary>
internal interface IBenchmark
{
    /// <summary>The name on the command line and of the result file.</summary>
    string Name { get; }

    /// <summary>One sentence for the list.</summary>
    string Summary { get; }

    /// <summary>Measures and writes Markdown to the report.</summary>
    void Run(Options options, Report report);
}
