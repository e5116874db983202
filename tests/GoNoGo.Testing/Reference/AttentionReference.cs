namespace GoNoGo.Testing.Reference;

/// <summary>Scaled dot-product attention as in the textbook, in double.</summary>
public static class AttentionReference
{
    /// <summary>y[b, a] = softmax(scale q k^T + bias, masked) v; arrays row-major.</summary>
    /// <param name="sizes">B, A, Nq, Nk, d, e.</param>
    /// <param name="q"><c>[B, A, Nq, d]</c>.</param>
    /// <param name="k"><c>[B, A, Nk, d]</c>.</param>
    /// <param name="v"><c>[B, A, Nk, e]</c>.</param>
    /// <param name="scale">Factor of the products.</param>
    /// <param name="bias"><c>[tableBatch, tableHeads, Nq, Nk]</c> or null.</param>
    /// <param name="mask">The same, not 0 = attend, or null.</param>
    /// <param name="table">Batch and heads of bias and mask.</param>
    /// <param name="isUniform">A query that may attend to nothing attends to all keys equally; otherwise it gives zeros.</param>
    public static double[] Compute(
        (int B, int A, int Nq, int Nk, int D, int E) sizes, double[] q, double[] k, double[] v, double scale, double[]? bias = null, double[]? mask = null, (int Batch, int Heads) table = default, bool isUniform = false)
    {
        var (batch, heads, rows, keys, width, valueWidth) = sizes;
        var y = new double[batch * heads * rows * valueWidth];
        for (int item = 0; item < batch * heads; item++)
        {
            int at = table.Batch == 0 ? 0 : (((item / heads % table.Batch) * table.Heads) + (item % heads % table.Heads)) * rows * keys;
            for (int i = 0; i < rows; i++)
            {
                var logits = new double[keys];
                for (int j = 0; j < keys; j++)
                {
                    for (int f = 0; f < width; f++)
                    {
                        logits[j] += scale * q[(((item * rows) + i) * width) + f] * k[(((item * keys) + j) * width) + f];
                    }

                    logits[j] += bias is null ? 0 : bias[at + (i * keys) + j];
                    if (mask is not null && mask[at + (i * keys) + j] == 0)
                    {
                        logits[j] = double.NegativeInfinity;
                    }
                }

                double top = logits.Max();
                bool isBlind = double.IsNegativeInfinity(top);
                double[] weights = Array.ConvertAll(logits, l => isBlind ? (isUniform ? 1 : 0) : Math.Exp(l - top));
                double sum = isBlind && !isUniform ? 1 : weights.Sum();
                for (int j = 0; j < keys; j++)
                {
                    for (int f = 0; f < valueWidth; f++)
                    {
                        y[(((item * rows) + i) * valueWidth) + f] += weights[j] / sum * v[(((item * keys) + j) * valueWidth) + f];
                    }
                }
            }
        }

        return y;
    }
}
