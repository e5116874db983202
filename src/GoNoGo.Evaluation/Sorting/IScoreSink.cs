namespace GoNoGo.Evaluation.Sorting;

/// <summary>What a metric does with the groups of equal scores that a sweep over falling thresholds passes.</summary>
internal interface IScoreSink
{
    /// <summary>Called once before the first group with the number of normal and of defective samples.</summary>
    void Begin(long normals, long defects);

    /// <summary>One distinct score, in descending order, and how many samples of each class have it.</summary>
    void Step(double score, long normals, long defects);
}
