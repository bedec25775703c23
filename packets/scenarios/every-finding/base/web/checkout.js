import { post } from "./api.js";

export async function pay(invoice) {
  try {
    return await post(`/invoices/${invoice.id}/pay`);
  } catch (error) {
    report(error);
    throw error;
  }
}
